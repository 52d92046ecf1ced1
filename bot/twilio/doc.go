// Package twilio is the room of texts: what patients write comes in through Twilio's webhooks
// (Text), what became of a sent text through its status callbacks (Receipt), and what the gate lets
// out leaves through its REST API (Send). Find asks Twilio whether a text of unknown outcome was
// taken, so that nothing is ever sent blindly a second time. Incoming lists what came in, for the
// texts whose webhooks came to nothing.
package twilio

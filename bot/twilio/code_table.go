package twilio

import "time"

// What the clinic is to do about its set-up. Staff read these on a card, after the reason why a
// text or call didn't go through. They name the setting or the page at Twilio, since whoever reads
// them may never have seen the console.
const (
	mendAccount = "Sign in at console.twilio.com as the account's owner and read its notices: an " +
		"overdue payment, an open question or a suspension stops all until it is settled there."
	mendKeys = "Check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN (or TWILIO_API_KEY and " +
		"TWILIO_API_SECRET) against console.twilio.com, then restart Beacon."
	mendTrial = "Upgrade the Twilio account and have its primary compliance profile approved " +
		"(console.twilio.com, Trust Hub): until then it can't text patients."
	mendFrom = "Check TWILIO_FROM against console.twilio.com, Phone Numbers, Active numbers: it " +
		"must be a number of this account, like +12125550100, that can text, and call the " +
		"on-call phone."
	mendService = "Check TWILIO_MESSAGING_SERVICE_SID and the service's sender pool " +
		"(console.twilio.com, Messaging, Services): it needs a number that can text the patients."
	mendRegister = "Finish the number's registration for texting in the US (A2P 10DLC: brand, " +
		"campaign, number) at console.twilio.com, Trust Hub; it says what is missing. That can " +
		"take days: until then call."
	mendTollFree = "Have the toll-free number verified at console.twilio.com, Trust Hub; it says " +
		"what is missing. That can take days: until then call."
	mendCountry = "Register a sender for that country, or text it from another number: " +
		"twilio.com/guidelines/sms says what it asks for."
	mendGeo = "Allow the country at console.twilio.com, Messaging (for calls: Voice), Settings, " +
		"Geo permissions."
	mendCallback = "Check PUBLIC_URL: Twilio must be able to reach it for its receipts."
	mendPrice    = "Raise the highest price that a text may cost, in the account's settings at " +
		"console.twilio.com."
	mendChannel = "Check the sender of that channel (RCS, WhatsApp) at console.twilio.com, " +
		"Messaging, Senders, and that TWILIO_FROM or the messaging service means it."
	mendVoice = "Ask Twilio's support to let the account call the on-call phone, and reach that " +
		"phone another way until then."
	mendNoFrom = "Set TWILIO_FROM to a number of the account that can call."
)

// recipients returns the codes of a number that no text reaches, and of a patient whom ours don't
// reach. Only the first group marks the number as one that takes no texts.
func recipients() []group {
	return []group{
		{meaning{fault: number}, `
			14101 it is not a valid number
			21202 it is a premium number
			21211 it is not a valid number
			21214 the number can't be reached
			21217 it is not a valid number
			21265 it is a short code, which takes no texts
			21266 it is the number that we text from
			21268 it is a premium or information number
			21614 the number can't get texts
			21635 the number is a landline
			30005 the number doesn't exist, or not any more
			30006 a landline, or a carrier that takes no texts
			30014 it is not a valid number`},
		{meaning{fault: recipient}, `
			21610 the number has opted out at the carrier
			21612 the number can't be reached from ours
			30004 the phone or its carrier refuses our texts
			30011 the phone takes no pictures
			30630 the number has opted out at the carrier
			63003 the number can't be reached on that channel
			63014 the patient blocks us on that channel
			63024 the number can't be reached on that channel
			63032 the number can't be reached on that channel
			63033 the number has opted out on that channel
			63035 the number can't be reached on that channel
			63036 the number can't be reached on that channel
			63050 the number has opted out on that channel`},
	}
}

// contents returns the codes of a text that never goes through as it stands. It isn't tried again;
// staff see it and can reach the patient with other words.
func contents() []group {
	return []group{{meaning{fault: content}, `
		14103 the text is empty, or not one that can be sent
		21602 the text is empty
		21605 the text is too long
		21617 the text is too long
		21618 the text can't be sent as it is
		21619 the text is empty
		21658 the text is too long
		30007 the carrier filtered the text
		30019 the text is too long for the carrier
		30038 the text was taken for a code to sign in with, and filtered
		63005 the channel refuses what the text says
		63006 the channel refuses what the text says
		63013 the channel refuses what the text says
		63016 the channel allows no text of our own so long after the patient's last
		63021 the channel refuses what the text says
		63026 the channel took the text for spam`}}
}

// later returns the codes of what passes by itself. Twilio tries none of these again, so we do. The
// waits are ours, from what the pages of the codes say: a rate limit of a channel is over in
// minutes, a phone that is off or a queue that is full takes longer, and what was held back for
// fraud or the hour of the day is looked at again after hours.
func later() []group {
	return []group{
		{meaning{fault: network}, `
			10004 Twilio takes no more calls just now
			14107 Twilio takes no more texts to this number just now
			20429 Twilio takes no more texts just now`},
		{meaning{fault: network, wait: 5 * time.Minute}, `
			30022 the carrier takes no more of our texts just now
			63017 Twilio takes no more texts just now
			63018 the channel takes no more texts just now`},
		{meaning{fault: network, wait: 15 * time.Minute}, `
			21611 Twilio holds as many of our texts as it can
			30001 Twilio held more of our texts than it can
			30003 the phone was unreachable
			30017 the carrier's network was congested
			30036 the text waited at Twilio for too long`},
		// Nobody knows what became of these, and a few do arrive: two more tries are enough.
		{meaning{fault: network, wait: unsure, tries: 2}, `
			30008 the carrier could not deliver it, and doesn't say why
			30046 the channel doesn't say whether it was delivered
			30410 the carrier didn't answer in time
			63023 the channel could not deliver it, and doesn't say why`},
		{meaning{fault: network, wait: 3 * time.Hour}, `
			30450 Twilio held the text back, to protect from fraud
			30453 Twilio held the text back, to protect from fraud
			30485 Twilio held the text back, to protect from fraud
			30610 the law allows no text at that hour where the patient is
			30615 the law allows no text at that hour where the patient is
			63038 the account has used its texts of these 24 hours`},
		{meaning{fault: network, daily: true}, `
			30023 our texts of the day to that carrier are used up
			30027 our texts of the day to that carrier are used up`},
		{meaning{fault: itself, wait: 15 * time.Minute}, `
			20500 something at Twilio failed
			20503 Twilio is out of service
			20504 something at Twilio failed
			21730 Twilio is being maintained
			30020 something at Twilio failed
			30021 something at Twilio failed
			30500 something at Twilio failed
			63009 the channel's provider failed
			63010 something at Twilio failed
			63011 something at Twilio failed
			63012 the channel's provider failed
			63117 the channel's provider is out of service`},
	}
}

// accounts returns the codes of an account that may not send or call, and of its credentials.
func accounts() []group {
	return []group{
		{meaning{fault: clinic, mend: mendAccount}, `
			10001 the Twilio account is not active
			20005 the Twilio account is not active
			20010 the Twilio account may not do that
			21472 the Twilio account is not active
			30002 the Twilio account is suspended
			30037 the Twilio account may send no texts`},
		{meaning{fault: clinic, mend: mendKeys}, `
			20003 Twilio refused the bot's credentials
			20006 Twilio refused the bot's credentials
			20008 the bot's credentials are Twilio's test credentials
			20403 Twilio refused the bot's credentials
			20404 Twilio doesn't know the account or the service that texts are sent from
			21470 Twilio doesn't know the account
			21471 Twilio doesn't know the account`},
		{meaning{fault: clinic, mend: mendTrial}, `
			10002 the Twilio account is a trial account
			21219 the Twilio account may call no number that it hasn't verified
			21267 the Twilio account is a trial account
			21404 the Twilio account is a trial account
			21607 the Twilio account is a trial account
			21608 the Twilio account may text no number that it hasn't verified
			30044 the Twilio account is a trial account, whose texts must be short
			30454 the Twilio account is a trial account, and its texts are used up
			63015 our sender on that channel is for trials only`},
		{meaning{fault: clinic, mend: mendGeo}, `
			13227 the account may not call that country
			21203 the account may not call that country
			21215 the account may not call that country
			21408 the account may not text that country`},
		{meaning{fault: clinic, mend: mendVoice}, `
			10005 the Twilio account may not call
			21216 Twilio blocked the call`},
		{meaning{fault: clinic, mend: mendPrice}, `
			30010 the text would cost more than the account allows`},
	}
}

// senders returns the codes of the number, or the channel's sender, that we text and call from.
func senders() []group {
	return []group{
		{meaning{fault: clinic, mend: mendFrom}, `
			14102 the number that we text from is no number of ours
			21210 the number that we call from is no number of ours
			21212 the number that we text from is not a valid one
			21213 there is no number to call from
			21264 the number that we call from is no number of ours
			21407 the number that we text from can't send texts
			21601 the number that we text from is no number of ours
			21603 there is no number to text from
			21606 the number that we text from can't send texts
			21616 the number that we text from isn't given whole
			21657 the sender that we text from is not a valid one
			21659 the number that we text from is no number of ours, or of another country
			21660 the number that we text from is another account's
			21661 the number that we text from can't send texts
			21662 the number that we text from can't be used in the account's region
			21663 the number that we text from is routed to another region
			21668 the number that we text from can't be used in the account's region
			21910 the sender that we text from is one of another channel
			30016 the sender that we text from is one of another channel`},
		{meaning{fault: clinic, mend: mendChannel}, `
			63001 the channel refused our credentials
			63002 the channel doesn't know our sender
			63007 Twilio has no such sender of ours on that channel
			63008 our sender on that channel isn't set up
			63020 our business account on that channel has a fault
			63022 our name on that channel isn't certified
			63051 our sender on that channel is locked
			63058 our sender may not text that country on that channel
			63059 our number on that channel has moved to another account`},
		{meaning{fault: clinic, mend: mendCallback}, `
			21609 Twilio can't use the address for receipts`},
	}
}

// services returns the codes of the messaging service that we text from.
func services() []group {
	return []group{{meaning{fault: clinic, mend: mendService}, `
		21701 there is no such messaging service
		21702 the messaging service can't send texts now
		21703 the messaging service has no number that can text this one
		21704 the messaging service has no number to text from
		21705 the messaging service is not a valid one
		21709 the messaging service may not use its sender's name
		21711 the number that we text from is not of the messaging service
		21712 the number that we text from is of another messaging service
		21713 the messaging service's use case is not a valid one
		21715 a number of the messaging service can't send texts
		30124 the messaging service is missing
		30127 the messaging service is not a valid one
		30404 there is no such messaging service`}}
}

// registrations returns the codes of a number whose registration lacks something. Most come with
// receipts: Twilio takes the texts, and the carriers don't deliver them.
func registrations() []group {
	return []group{
		{meaning{fault: clinic, mend: mendRegister}, `
			21717 our brand is not registered for texting (10DLC)
			21719 our campaign doesn't fit the messaging service (10DLC)
			21720 our campaign is not a valid one (10DLC)
			21729 our campaign is suspended (10DLC)
			21731 our brand is suspended (10DLC)
			30024 our number isn't set up at the patient's carrier yet
			30033 our campaign is suspended (10DLC)
			30034 our number is not registered for texting (10DLC)
			30035 our number's registration for texting isn't done yet (10DLC)
			30125 our number could not be registered for texting (10DLC)
			30126 our number could not be registered for texting (10DLC)`},
		{meaning{fault: clinic, mend: mendTollFree}, `
			30032 our toll-free number has not been verified`},
		{meaning{fault: clinic, mend: mendCountry}, `
			30018 the patient's country asks for a registered sender
			30040 the patient's country asks for a registered sender
			30041 our sender is not registered in the patient's country
			30042 our sender's name is not allowed in the patient's country
			30043 our sender can't reach the patient's country`},
	}
}

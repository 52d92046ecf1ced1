package clean

// Kind says what a number counts or names. Its text is what a reader of words sees in place of a
// number that only names something ("phonenumber"), so a change of it asks for a new model.
type Kind string

// The kinds of numbers.
const (
	Plain       Kind = "number"      // Value; minutes of delay, pills, choices
	Phone       Kind = "phone"       // no value: its digits are its text
	Order       Kind = "order"       // a number of an order, a claim, a member: no value
	Date        Kind = "date"        // Value is the month, 0 if none was named; Second the day
	Time        Kind = "time"        // Value in minutes after midnight; Unit "am", "pm" or ""
	Price       Kind = "price"       // Value
	Dose        Kind = "dose"        // Value in Unit: "mg" (for any mass), "ml" or "units"
	Pressure    Kind = "pressure"    // Value is systolic; Second diastolic, 0 if not told
	Temperature Kind = "temperature" // Value in Unit: "F" or "C"
	Age         Kind = "age"         // Value in years
	Percent     Kind = "percent"     // Value
	Weight      Kind = "weight"      // Value in Unit: "lb" or "kg"
	Rating      Kind = "rating"      // Value out of Second: "8/10"
)

// Number is a number of a text. Numbers never overlap, and Text is always Body[Start:End]. Value,
// Second and Unit mean what their Kind says, and are zero where it says nothing.
type Number struct {
	Kind       Kind
	Text       string // as written, with what makes it its kind: "$40", "at" and "bp" left out
	Start, End int    // where Text stands in Body, in bytes
	Value      float64
	Second     float64
	Unit       string
}

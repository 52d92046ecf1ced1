package clean

import (
	_ "embed" // the shipped forms
)

// file is the content of machines.yaml, whose comments say what each list is for. An unknown key is
// a fault, and so is a list that lacks a language.
type file struct {
	// Short forms and what they stand for, "im=i am", used when forms are compiled.
	Same Words `yaml:"same"`
	// Around words of the patient's or of ours; see foreign.go.
	Reactions  Words `yaml:"reactions"`
	Objects    Words `yaml:"objects"`
	Edits      Words `yaml:"edits"`
	Prefixes   Words `yaml:"prefixes"`
	Headers    Words `yaml:"headers"`
	Banners    Words `yaml:"banners"`
	Signatures Words `yaml:"signatures"`
	Devices    Words `yaml:"devices"`
	// A machine's whole texts; see machine.go. Person and Danger are words that a notice can't
	// have.
	Effects Words    `yaml:"effects"`
	Exact   Words    `yaml:"exact"`
	Stock   Words    `yaml:"stock"`
	More    Words    `yaml:"more"`
	Auto    Words    `yaml:"auto"`
	When    Words    `yaml:"when"`
	Notices []notice `yaml:"notices"`
	Person  Words    `yaml:"person"`
	Danger  Words    `yaml:"danger"`
	// A keyword and what may stand around it; see keyword.go. Lone names the keywords that an
	// exclamation mark turns into a cry.
	Keywords   map[string]Words `yaml:"keywords"`
	Lone       []string         `yaml:"lone"`
	Courtesies Words            `yaml:"courtesies"`
	Pleas      Words            `yaml:"pleas"`
	LeadIns    Words            `yaml:"lead_ins"`
	Smiles     string           `yaml:"smiles"`
	NameIntros Words            `yaml:"name_intros"`
	Titles     Words            `yaml:"titles"`
	NotNames   Words            `yaml:"not_names"`
	Names      Words            `yaml:"names"`
	// The words around numbers; see scan.go.
	Numbers numberWords `yaml:"numbers"`
}

// notice is a kind of mark that the notices of carriers and shops bear. Two kinds, one of them a
// form, make a text a notice; see machine.notice.
type notice struct {
	Name  string `yaml:"name"`
	Form  bool   `yaml:"form"` // people don't write it
	Words `yaml:",inline"`
}

// numberWords are the words around numbers, by what they make of the number. newNumbers turns each
// list into a bit, in an order that must be that of the constants in scan.go.
type numberWords struct {
	Phone       Words `yaml:"phone"`
	Extension   Words `yaml:"extension"`
	Order       Words `yaml:"order"`
	OrderNumber Words `yaml:"order_number"`
	OrderLink   Words `yaml:"order_link"`
	// A blood pressure, its link words, and what stands between its two figures.
	Pressure     Words `yaml:"pressure"`
	PressureLink Words `yaml:"pressure_link"`
	Over         Words `yaml:"over"`
	OverNear     Words `yaml:"over_near"`
	Tens         Words `yaml:"tens"`
	Counted      Words `yaml:"counted"`
	MMHg         Words `yaml:"mmhg"`
	// Units, which stand behind a number.
	DoseMg    Words `yaml:"dose_mg"`
	DoseMcg   Words `yaml:"dose_mcg"`
	DoseG     Words `yaml:"dose_g"`
	DoseMl    Words `yaml:"dose_ml"`
	DoseUnits Words `yaml:"dose_units"`
	Price     Words `yaml:"price"`
	AM        Words `yaml:"am"`
	PM        Words `yaml:"pm"`
	OClock    Words `yaml:"oclock"`
	// A temperature, an age and a span of years.
	Fever    Words `yaml:"fever"`
	Degrees  Words `yaml:"degrees"`
	Celsius  Words `yaml:"celsius"`
	Age      Words `yaml:"age"`
	AgeLead  Words `yaml:"age_lead"`
	Span     Words `yaml:"span"`
	Percent  Words `yaml:"percent"`
	WeightLb Words `yaml:"weight_lb"`
	WeightKg Words `yaml:"weight_kg"`
	// Days. MonthWord are months that are words besides, as "may" is.
	Month        Words `yaml:"month"`
	MonthWord    Words `yaml:"month_word"`
	Of           Words `yaml:"of"`
	Ordinal      Words `yaml:"ordinal"`
	AfterOrdinal Words `yaml:"after_ordinal"`
	DateLead     Words `yaml:"date_lead"`
	// A share of ten, and a fraction.
	Rating   Words `yaml:"rating"`
	OutOf    Words `yaml:"out_of"`
	Fraction Words `yaml:"fraction"`
}

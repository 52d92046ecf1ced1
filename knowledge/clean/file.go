package clean

import (
	_ "embed" // the shipped forms
)

// file is the content of machines.yaml.
type file struct {
	Same       Words            `yaml:"same"`
	Reactions  Words            `yaml:"reactions"`
	Objects    Words            `yaml:"objects"`
	Edits      Words            `yaml:"edits"`
	Prefixes   Words            `yaml:"prefixes"`
	Headers    Words            `yaml:"headers"`
	Banners    Words            `yaml:"banners"`
	Signatures Words            `yaml:"signatures"`
	Devices    Words            `yaml:"devices"`
	Effects    Words            `yaml:"effects"`
	Exact      Words            `yaml:"exact"`
	Stock      Words            `yaml:"stock"`
	More       Words            `yaml:"more"`
	Auto       Words            `yaml:"auto"`
	When       Words            `yaml:"when"`
	Notices    []notice         `yaml:"notices"`
	Person     Words            `yaml:"person"`
	Danger     Words            `yaml:"danger"`
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
	Numbers    numberWords      `yaml:"numbers"`
}

// notice is a kind of mark that the notices of carriers and shops bear.
type notice struct {
	Name  string `yaml:"name"`
	Form  bool   `yaml:"form"` // people don't write it
	Words `yaml:",inline"`
}

// numberWords are the words around numbers, by what they make of the number.
type numberWords struct {
	Phone        Words `yaml:"phone"`
	Extension    Words `yaml:"extension"`
	Order        Words `yaml:"order"`
	OrderNumber  Words `yaml:"order_number"`
	OrderLink    Words `yaml:"order_link"`
	Pressure     Words `yaml:"pressure"`
	PressureLink Words `yaml:"pressure_link"`
	Over         Words `yaml:"over"`
	OverNear     Words `yaml:"over_near"`
	Tens         Words `yaml:"tens"`
	Counted      Words `yaml:"counted"`
	MMHg         Words `yaml:"mmhg"`
	DoseMg       Words `yaml:"dose_mg"`
	DoseMcg      Words `yaml:"dose_mcg"`
	DoseG        Words `yaml:"dose_g"`
	DoseMl       Words `yaml:"dose_ml"`
	DoseUnits    Words `yaml:"dose_units"`
	Price        Words `yaml:"price"`
	AM           Words `yaml:"am"`
	PM           Words `yaml:"pm"`
	OClock       Words `yaml:"oclock"`
	Fever        Words `yaml:"fever"`
	Degrees      Words `yaml:"degrees"`
	Celsius      Words `yaml:"celsius"`
	Age          Words `yaml:"age"`
	AgeLead      Words `yaml:"age_lead"`
	Span         Words `yaml:"span"`
	Percent      Words `yaml:"percent"`
	WeightLb     Words `yaml:"weight_lb"`
	WeightKg     Words `yaml:"weight_kg"`
	Month        Words `yaml:"month"`
	MonthWord    Words `yaml:"month_word"`
	Of           Words `yaml:"of"`
	Ordinal      Words `yaml:"ordinal"`
	AfterOrdinal Words `yaml:"after_ordinal"`
	DateLead     Words `yaml:"date_lead"`
	Rating       Words `yaml:"rating"`
	OutOf        Words `yaml:"out_of"`
	Fraction     Words `yaml:"fraction"`
}

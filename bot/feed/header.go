package feed

import (
	"slices"
	"strings"
	"unicode"

	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Plain returns a column's name as names are compared: small letters and digits alone.
func Plain(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// names are the names that columns of other systems have, by what they hold; the better ones first.
// Names in one string are as good as each other: a file with two of them doesn't show which counts.
func names(field string) []string {
	switch field {
	case "id":
		return []string{
			"appointmentid apptid visitid bookingid eventid appointmentnumber appointmentno " +
				"apptno apptnumber appointmentreference bookingreference appointmentuid csn",
			"id uid reference bookingnumber confirmationnumber", "inviteeuuid", "eventuuid uuid",
		}
	case "name":
		return []string{
			"patientname patientfullname clientname clientfullname inviteename",
			"fullname nameofpatient nombredelpaciente", "patient client paciente cliente",
			"name nombre customer customername",
		}
	case "first":
		return []string{
			"patientfirstname clientfirstname inviteefirstname patientfirst",
			"firstname fname givenname first nombre",
		}
	case "last":
		return []string{
			"patientlastname clientlastname inviteelastname patientlast",
			"lastname lname surname familyname last apellido apellidos",
		}
	case "preferred":
		return []string{"patientpreferredname preferredname preferredfirstname nickname goesby"}
	case "phone":
		return []string{
			"textremindernumber smsnumber smsphone textnumber textphone",
			"cellphone mobilephone mobile cell patientcellphone patientmobilephone patientcell " +
				"patientmobile cellphonenumber mobilenumber mobilephonenumber cellnumber celular " +
				"clientmobile clientcell phonemobile phonecell patientmobilenumber",
			"patientphone patientphonenumber clientphone clientphonenumber", "phone phonenumber " +
				"telephone telephonenumber tel primaryphone primaryphonenumber contactphone " +
				"contactnumber telefono teléfono",
		}
	case "patient":
		return []string{"patientguid patientid patientnumber clientid mrn chartnumber patientno " +
			"chartid medicalrecordnumber patientuuid guid"}
	}
	return visitNames(field)
}

// visitNames is names for what is said of the visit, and of the patient besides who they are.
func visitNames(field string) []string {
	switch field {
	case "type":
		return []string{
			"appointmenttype appttype visittype eventtypename servicename sessiontype",
			"type treatmentname service services treatment appointmentreason visitreason",
			"procedure reason category tipo",
		}
	case "status":
		return []string{
			"appointmentstatus apptstatus visitstatus bookingstatus appointmentstate",
			"status state estado",
		}
	case "cancelled":
		return []string{"canceled cancelled iscancelled iscanceled cancelledat canceledat " +
			"cancelleddate canceleddate cancellationdate"}
	case "missed":
		return []string{"markedasnoshow noshow isnoshow noshowat"}
	case "arrived":
		return []string{"arrivedat checkedinat checkintime"}
	case "zone":
		return []string{"inviteetimezone patienttimezone clienttimezone", "timezone zone"}
	case "lang":
		return []string{"preferredlanguage language patientlanguage lang idioma"}
	case "consent":
		return []string{"smsconsent textconsent consenttotext consenttosms textingconsent", "consent"}
	}
	return nil
}

// starts are the names of columns that say when a visit begins, likewise. Whether one holds a date,
// a time or both, its values show.
func starts() []string {
	return []string{
		"start starttime startdatetime startdatetimeof startat startsat appointmentstart " +
			"appointmentstarttime appointmentdatetime apptdatetime apptstart apptstarttime " +
			"visitstart appointmentdateandtime startdateandtime dateandtime datetime " +
			"startdate appointmentstartdate",
		"appointmentdate apptdate visitdate dateofservice servicedate sessiondate serviceday " +
			"appointmenttime appttime visittime sessiontime appointment appt " +
			"scheduleddate scheduledtime scheduledstart scheduledfor",
		"date time day fecha hora begintime begin",
	}
}

// known reports whether a header's name is one that some system uses.
func known(name string) bool {
	in := func(lists []string) bool {
		for _, list := range lists {
			if slices.Contains(strings.Fields(list), Plain(name)) {
				return true
			}
		}
		return false
	}
	for _, field := range settings.FeedColumns() {
		if in(names(field)) {
			return true
		}
	}
	return in(starts()) || slices.Contains(columns(), Plain(name))
}

// likeHeader says how much a row looks like a header: how many of its fields are names that
// columns have.
func likeHeader(fields []string) (n int) {
	for _, f := range fields {
		if known(f) {
			n++
		}
	}
	return n
}

// leastNames is how many names of columns a row must have to be taken for a header.
const leastNames = 3

// headerIn returns the index of the row that is the header: the first of those that look most like
// one, or that has all columns of a map. -1 if there is none.
func headerIn(rows []record, m settings.FeedMap) int {
	best, at := leastNames-1, -1
	for i, r := range rows[:min(len(rows), headerWithin)] {
		if m.Mapped() {
			if lacks(r.fields, m) == nil {
				return i
			}
			continue
		}
		if n := likeHeader(r.fields); n > best {
			best, at = n, i
		}
	}
	return at
}

// headerWithin is how many rows of titles, dates and addresses may stand above a header.
const headerWithin = 40

// lacks returns the columns of a map that a row of names doesn't have, sorted.
func lacks(fields []string, m settings.FeedMap) (out []string) {
	for _, name := range m.Columns {
		if !slices.ContainsFunc(fields, func(f string) bool { return Plain(f) == Plain(name) }) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

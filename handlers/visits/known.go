package visits

import (
	"context"
	"slices"

	"github.com/beacon-clinic/beacon/handlers"
)

// Known gives the visits of an import the ids that they have already, if they came by another of the
// ways that files are imported: by its header, by a map, or by a header that has changed since. Each
// visit would else be there twice, and the first of the two never be moved or taken off again. names
// are those that files are imported by.
//
// The same id may be another visit in another system's file. So it must be of the same patient, and
// more of the ids must be so than not. A row that says no more than that its visit is off, or over,
// is only believed if all others are.
func (b *Books) Known(ctx context.Context, all []handlers.Visit, names []string) error {
	now := b.Now()
	stored, err := b.Visits.Visits(ctx, now, now.Add(2*farAhead))
	if err != nil || len(stored) == 0 {
		return err
	}
	ids, like := map[string]bool{}, map[string][]handlers.Visit{}
	for _, v := range stored {
		ids[v.ID] = true
		if v.External != "" && slices.Contains(names, v.Source) {
			like[v.External] = append(like[v.External], v)
		}
	}
	named, bare := map[int]string{}, map[int]string{}
	same, others := 0, 0
	for i, v := range all {
		found := like[v.External]
		if ids[v.ID] || len(found) == 0 {
			continue
		}
		if v.Phone.IsZero() {
			if len(found) == 1 {
				bare[i] = found[0].ID
			}
			continue
		}
		at := slices.IndexFunc(found, func(old handlers.Visit) bool {
			return handlers.SamePatient(v.Name, old.Name)
		})
		if at < 0 {
			others++
			continue
		}
		named[i] = found[at].ID
		if found[at].Phone == v.Phone {
			same++
		}
	}
	if same == 0 || same <= others {
		return nil
	}
	if others > 0 {
		bare = nil
	}
	for _, are := range []map[int]string{named, bare} {
		for i, id := range are {
			all[i].ID = id
		}
	}
	return nil
}

package redis

import (
	"context"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
)

// mostQuestions is how many questions are listed: more tell no more, and each is read one by one.
const mostQuestions = 2000

// questions stores what was asked, and what staff wrote next.
func (w *writer) questions(all []handlers.Question) {
	for _, q := range all {
		key := w.keys.question(q.ID)
		if q.Ask != "" {
			apart := q
			apart.Said = ""
			w.add("HSET", key, "asked", w.encode(inQuestion, apart))
			w.add("ZADD", w.keys.questions(), num(ms(q.At)), q.ID)
			w.prune(w.keys.questions(), ms(w.now.Add(-w.keep.Question)))
			w.add("ZREMRANGEBYRANK", w.keys.questions(), "0", num(-mostQuestions-1))
			w.add("EXPIRE", w.keys.questions(), num(seconds(w.keep.Question)))
		}
		if q.Said != "" {
			w.add("HSET", key, "said", w.seals.seal(inQuestion, q.Said))
		}
		w.add("EXPIRE", key, num(seconds(w.keep.Question)))
		w.belongs(w.whose, key, w.keep.Question)
	}
}

// Questions implements learning.Store. One that has expired since is left out.
func (r *Redis) Questions(ctx context.Context, since time.Time) ([]handlers.Question, error) {
	ids, err := r.db.ZRangeByScore(ctx, r.keys.questions(), &redis.ZRangeBy{
		Min: num(ms(since)), Max: "+inf",
	}).Result()
	if err != nil {
		return nil, wrap("read questions", err)
	}
	slices.Reverse(ids)
	var found []*redis.MapStringStringCmd
	_, err = r.db.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, id := range ids {
			found = append(found, p.HGetAll(ctx, r.keys.question(id)))
		}
		return nil
	})
	if err != nil {
		return nil, wrap("read questions", err)
	}
	var out []handlers.Question
	for _, one := range found {
		q, ok, err := r.seals.decodeQuestion(one.Val())
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, q)
		}
	}
	return out, nil
}

// question reads a question by its id; ok is false if there is none.
func (r *Redis) question(ctx context.Context, id string) (q handlers.Question, ok bool, err error) {
	f, err := r.db.HGetAll(ctx, r.keys.question(id)).Result()
	if err != nil {
		return q, false, wrap("read question", err)
	}
	return r.seals.decodeQuestion(f)
}

// decodeQuestion reads a question's hash; ok is false if nothing was asked.
func (s seals) decodeQuestion(f map[string]string) (q handlers.Question, ok bool, err error) {
	if f["asked"] == "" {
		return q, false, nil
	}
	if err := s.decode(inQuestion, f["asked"], &q); err != nil {
		return q, false, err
	}
	q.Said, err = s.open(inQuestion, f["said"])
	return q, err == nil, err
}

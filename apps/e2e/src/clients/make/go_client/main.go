// Payloads as programs in Go write them: encoding/json with and without tags, pointers, zero values, fmt. Run by make.mjs; prints a case a line.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"time"
	"unicode/utf8"
)

const base = 1736946000.123456 // 2025-01-15T13:00:00.123456Z

type want map[string]any

var count int

type moment struct {
	camera  string
	seconds float64
	ms      int64
	at      time.Time
}

func next() moment {
	seconds := base + 10*float64(count)
	count++
	micros := int64(math.Round(seconds * 1e6))
	return moment{fmt.Sprintf("cam_%d", 1+count%12), seconds, int64(math.Round(seconds * 1e3)), time.UnixMicro(micros).UTC()}
}

func emit(name string, m moment, body []byte, w want) {
	line := want{"client": "Go", "name": name, "camera": m.camera}
	if utf8.Valid(body) {
		line["body"] = string(body)
	} else {
		line["base64"] = base64.StdEncoding.EncodeToString(body)
	}
	if _, refused := w["refused"]; !refused && w["reply"] == nil {
		line["at"] = m.ms
	}
	for key, value := range w {
		line[key] = value
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	if err := out.Encode(line); err != nil {
		panic(err)
	}
}

func event(name string, w want, fields func(moment) any) {
	m := next()
	body, err := json.Marshal(fields(m))
	if err != nil {
		panic(err)
	}
	emit(name, m, body, w)
}

func text(name string, w want, body func(moment) string) {
	m := next()
	emit(name, m, []byte(body(m)), w)
}

type tagged struct {
	CameraID     string   `json:"camera_id"`
	Timestamp    float64  `json:"timestamp"`
	EventID      string   `json:"event_id"`
	EventType    string   `json:"event_type"`
	EndTimestamp float64  `json:"end_timestamp"`
	PreSeconds   float64  `json:"pre_seconds"`
	PostSeconds  float64  `json:"post_seconds"`
	Box          []int    `json:"box"`
	Tags         []string `json:"tags"`
}

type pointers struct {
	CameraID     string   `json:"camera_id"`
	Timestamp    *float64 `json:"timestamp"`
	EventID      *string  `json:"event_id"`
	EventType    *string  `json:"event_type"`
	EndTimestamp *float64 `json:"end_timestamp"`
	PreSeconds   *float64 `json:"pre_seconds"`
}

type sparing struct {
	CameraID  string  `json:"camera_id"`
	Timestamp float64 `json:"timestamp,omitempty"`
	EventType string  `json:"event_type,omitempty"`
}

type timed struct {
	CameraID     string    `json:"camera_id"`
	Timestamp    time.Time `json:"timestamp"`
	EndTimestamp time.Time `json:"end_timestamp"`
}

type timedPointer struct {
	CameraID     string     `json:"camera_id"`
	Timestamp    time.Time  `json:"timestamp"`
	EndTimestamp *time.Time `json:"end_timestamp"`
}

type lasting struct {
	CameraID   string        `json:"camera_id"`
	Timestamp  float64       `json:"timestamp"`
	PreSeconds time.Duration `json:"pre_seconds"`
}

type untagged struct {
	CameraID  string
	Timestamp float64
}

type numbered struct {
	CameraID  string  `json:"camera_id"`
	Timestamp float64 `json:"timestamp"`
	EventID   int64   `json:"event_id"`
	EventType uint8   `json:"event_type"`
}

type quoted struct {
	CameraID   string  `json:"camera_id"`
	Timestamp  int64   `json:"timestamp,string"`
	EventID    uint64  `json:"event_id,string"`
	PreSeconds float64 `json:"pre_seconds,string"`
}

func main() {
	saoPaulo := time.FixedZone("", -3*3600)
	saoPauloNamed := time.FixedZone("BRT", -3*3600)

	event("a struct with every field, the zero values for none", want{}, func(m moment) any { return tagged{CameraID: m.camera, Timestamp: m.seconds} })
	event("a struct with all fields set", want{"id": "go-1", "type": "person", "pre": 2.5, "post": 5}, func(m moment) any {
		return tagged{m.camera, m.seconds, "go-1", "person", 0, 2.5, 5, []int{1, 2}, nil}
	})
	event("pointers that are nil", want{}, func(m moment) any { return pointers{CameraID: m.camera, Timestamp: &m.seconds} })
	event("pointers that are nil, the instant too", want{"at": "now"}, func(m moment) any { return pointers{CameraID: m.camera} })
	event("omitempty", want{"type": "car"}, func(m moment) any { return sparing{m.camera, m.seconds, "car"} })
	event("omitempty without an instant", want{"at": "now"}, func(m moment) any { return sparing{CameraID: m.camera} })
	event("time.Time in UTC, and its zero value", want{}, func(m moment) any { return timed{CameraID: m.camera, Timestamp: m.at} })
	event("time.Time zero for the instant", want{"at": "now"}, func(m moment) any { return timed{CameraID: m.camera} })
	event("time.Time in another zone", want{}, func(m moment) any { return timedPointer{CameraID: m.camera, Timestamp: m.at.In(saoPaulo)} })
	event("*time.Time for the end", want{"end": 5000}, func(m moment) any {
		end := m.at.Add(5 * time.Second)
		return timedPointer{m.camera, m.at, &end}
	})
	event("time.Time of whole seconds", want{"whole": true}, func(m moment) any { return timedPointer{CameraID: m.camera, Timestamp: m.at.Truncate(time.Second)} })
	event("time.Duration, which is nanoseconds", want{"refused": "pre_seconds", "says": "got 5000000000"}, func(m moment) any { return lasting{m.camera, m.seconds, 5 * time.Second} })
	event("fields without tags", want{"refused": "camera_id", "says": "CameraID is there"}, func(m moment) any { return untagged{m.camera, m.seconds} })
	event("int64 and uint8", want{"id": "4711", "type": "3"}, func(m moment) any { return numbered{m.camera, m.seconds, 4711, 3} })
	event("an int64 that no double holds", want{"id": "9223372036854775807", "type": "0"}, func(m moment) any { return numbered{m.camera, m.seconds, math.MaxInt64, 0} })
	event("the one before it", want{"id": "9223372036854775806", "type": "0"}, func(m moment) any { return numbered{m.camera, m.seconds, math.MaxInt64 - 1, 0} })
	event("the option string", want{"id": "18446744073709551615", "pre": 2}, func(m moment) any { return quoted{m.camera, m.ms, math.MaxUint64, 2} })
	event("a map", want{"id": "go-2"}, func(m moment) any {
		return map[string]any{"camera_id": m.camera, "timestamp": m.seconds, "event_id": "go-2", "event_type": nil}
	})
	event("a map with Unix()", want{"whole": true}, func(m moment) any { return map[string]any{"camera_id": m.camera, "timestamp": m.at.Unix()} })
	event("UnixMilli()", want{}, func(m moment) any { return map[string]any{"camera_id": m.camera, "timestamp": m.at.UnixMilli()} })
	event("UnixMicro()", want{}, func(m moment) any { return map[string]any{"camera_id": m.camera, "timestamp": m.at.UnixMicro()} })
	event("UnixNano()", want{}, func(m moment) any { return map[string]any{"camera_id": m.camera, "timestamp": m.at.UnixNano()} })
	event("float64(UnixNano()) / 1e9", want{}, func(m moment) any {
		return map[string]any{"camera_id": m.camera, "timestamp": float64(m.at.UnixNano()) / 1e9}
	})
	event("float64(UnixNano()), with an exponent", want{}, func(m moment) any {
		return map[string]any{"camera_id": m.camera, "timestamp": json.Number(fmt.Sprintf("%.12e", float64(m.at.UnixNano())))}
	})
	event("json.Number", want{}, func(m moment) any {
		return map[string]any{"camera_id": m.camera, "timestamp": json.Number(fmt.Sprintf("%.6f", m.seconds))}
	})
	event("Format(time.RFC3339)", want{"whole": true}, func(m moment) any {
		return map[string]any{"camera_id": m.camera, "timestamp": m.at.Format(time.RFC3339)}
	})
	event("Format(time.RFC3339Nano)", want{}, func(m moment) any {
		return map[string]any{"camera_id": m.camera, "timestamp": m.at.Format(time.RFC3339Nano)}
	})
	event("Format(time.DateTime), which has no zone", want{"whole": true, "assumed": true}, func(m moment) any {
		return map[string]any{"camera_id": m.camera, "timestamp": m.at.In(saoPaulo).Format(time.DateTime)}
	})
	event("String()", want{}, func(m moment) any { return map[string]any{"camera_id": m.camera, "timestamp": m.at.String()} })
	event("String() in a zone without a name", want{}, func(m moment) any {
		return map[string]any{"camera_id": m.camera, "timestamp": m.at.In(saoPaulo).String()}
	})
	event("String() in a zone with one", want{}, func(m moment) any {
		return map[string]any{"camera_id": m.camera, "timestamp": m.at.In(saoPauloNamed).String()}
	})
	event("Format(time.RFC1123)", want{"refused": "timestamp", "says": "wanted an instant"}, func(m moment) any {
		return map[string]any{"camera_id": m.camera, "timestamp": m.at.Format(time.RFC1123)}
	})
	event("Format(time.ANSIC)", want{"refused": "timestamp", "says": "wanted an instant"}, func(m moment) any { return map[string]any{"camera_id": m.camera, "timestamp": m.at.Format(time.ANSIC)} })
	event("text with < and &, escaped", want{"type": "a<b&c"}, func(m moment) any {
		return map[string]any{"camera_id": m.camera, "timestamp": m.seconds, "event_type": "a<b&c"}
	})
	event("[]byte, which is base64", want{}, func(m moment) any {
		return map[string]any{"camera_id": m.camera, "timestamp": m.seconds, "thumbnail": []byte{0xff, 0xd8, 0xff}}
	})
	event("a slice of structs", want{"refused": "", "says": "got a list"}, func(m moment) any { return []sparing{{m.camera, m.seconds, ""}} })
	event("a nil map", want{"refused": "", "says": "got null", "nobody": true}, func(moment) any { return map[string]any(nil) })
	event("an embedded struct", want{"type": "car"}, func(m moment) any {
		return struct {
			sparing
			Score float32 `json:"score"`
		}{sparing{m.camera, m.seconds, "car"}, 0.93}
	})
	event("a struct inside", want{"refused": "camera_id", "says": "event.camera_id is there"}, func(m moment) any { return map[string]any{"event": sparing{m.camera, m.seconds, "car"}} })

	m := next()
	var buffer bytes.Buffer
	_ = json.NewEncoder(&buffer).Encode(sparing{m.camera, m.seconds, "car"})
	emit("NewEncoder, which ends the line", m, buffer.Bytes(), want{"type": "car"})
	m = next()
	indented, _ := json.MarshalIndent(sparing{m.camera, m.seconds, "car"}, "", "\t")
	emit("MarshalIndent", m, indented, want{"type": "car"})
	text("Sprintf of JSON", want{}, func(m moment) string { return fmt.Sprintf(`{"camera_id":%q,"timestamp":%f}`, m.camera, m.seconds) })
	text("Sprintf with NaN", want{}, func(m moment) string {
		return fmt.Sprintf(`{"camera_id":%q,"timestamp":%f,"score":%f}`, m.camera, m.seconds, math.NaN())
	})
	text("Sprintf with +Inf", want{}, func(m moment) string {
		return fmt.Sprintf(`{"camera_id":%q,"timestamp":%f,"end_timestamp":%v,"low":%v}`, m.camera, m.seconds, math.Inf(1), math.Inf(-1))
	})
	text("Sprintf with %v of a float, which has an exponent", want{}, func(m moment) string { return fmt.Sprintf(`{"camera_id":%q,"timestamp":%v}`, m.camera, m.seconds) })
	text("Sprintf with %s of an error", want{"refused": "", "says": "wanted JSON"}, func(m moment) string { return fmt.Sprintf(`{"camera_id":%q,"timestamp":%d}`, m.camera, "now") })
	text("Sprintf with %v of a map", want{"refused": "", "says": "wanted JSON"}, func(m moment) string {
		return fmt.Sprintf("%v", map[string]any{"camera_id": m.camera, "timestamp": m.seconds})
	})
	text("Sprintf with %+v of a struct", want{"refused": "", "says": "wanted JSON"}, func(m moment) string { return fmt.Sprintf("%+v", sparing{m.camera, m.seconds, "car"}) })

	clip := func(m moment) map[string]any {
		return map[string]any{"camera_id": m.camera, "start": m.at.Truncate(time.Second), "end": m.at.Truncate(time.Second).Add(30 * time.Second)}
	}
	queued := func(m moment) want {
		return want{"clip_id": fmt.Sprintf("clip_%s_%d.000_%d.000", m.camera, m.at.Unix(), m.at.Unix()+30), "queued": true}
	}
	for _, subject := range []string{"seguranca.record.clip", "seguranca.recording.export"} {
		m = next()
		body, _ := json.Marshal(clip(m))
		emit("a clip by time.Time", m, body, want{"ask": subject, "reply": queued(m)})
	}
	m = next()
	body, _ := json.Marshal(struct {
		CameraID  string    `json:"camera_id"`
		Timestamp time.Time `json:"timestamp"`
		Reason    string    `json:"reason"`
		RequestID int64     `json:"request_id"`
	}{m.camera, m.at, "", 17})
	emit("a snapshot: an empty reason, a numeric request_id", m, body, want{"ask": "seguranca.record.snapshot", "reply": want{"error": want{"code": "no_footage"}}})
	m = next()
	body, _ = json.Marshal(struct {
		CameraID string    `json:"camera_id"`
		Start    time.Time `json:"start"`
		End      time.Time `json:"end"`
		Reason   string    `json:"reason"`
		Expires  time.Time `json:"expires"`
		By       string    `json:"by"`
	}{m.camera, m.at, m.at.Add(time.Minute), "trial", time.Time{}, ""})
	emit("a protection: the zero time for no end", m, body, want{"ask": "seguranca.record.protect", "reply": want{"camera_id": m.camera, "reason": "trial"}})

	// An end that was never set, in the ways in which programs send a time.Time.
	var unset time.Time
	ended := func(name string, end any) {
		event(name, want{}, func(m moment) any {
			return map[string]any{"camera_id": m.camera, "timestamp": m.seconds, "end_timestamp": end}
		})
	}
	ended("the zero time's Unix() for no end", unset.Unix())
	ended("the zero time's UnixMilli() for no end", unset.UnixMilli())
	ended("the zero time's UnixMicro() for no end", unset.UnixMicro())
	ended("the zero time's UnixNano() for no end, which overflows", unset.UnixNano())
	ended("the same as a float64", float64(unset.UnixNano()))
	ended("the zero time's String() for no end", unset.String())
	ended("the zero time in another zone for no end", unset.In(saoPaulo))
	ended("time.Unix(0, 0) for no end", time.Unix(0, 0).UTC())
	ended("time.Unix(0, 0) in another zone for no end", time.Unix(0, 0).In(saoPaulo))
	ended("-1 for no end", -1)
	began := func(name string, start any) {
		event(name, want{"at": "now"}, func(m moment) any { return map[string]any{"camera_id": m.camera, "timestamp": start} })
	}
	began("the zero time's UnixNano() for the instant", unset.UnixNano())
	began("the zero time's String() for the instant", unset.String())
}

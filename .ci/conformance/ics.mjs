// ical.js and node-ical judge when the events of calendars take place.
//
// stdin:  [{data, from, until}], a calendar and the window of starts, in ISO
// stdout: [{icaljs: [[uid, start]], nodeical: [[uid, start]]}], start in ISO, without what is cancelled or takes whole days
import { text } from 'node:stream/consumers';
import ICAL from 'ical.js';
import nodeIcal from 'node-ical';

const cases = JSON.parse(await text(process.stdin));
process.stdout.write(JSON.stringify(cases.map((c) => ({ icaljs: icaljs(c), nodeical: nodeical(c) }))));

// ical.js knows no zones but those that a file defines, and this one.
// source: the rules of the United States since 2007, 15 U.S.C. 260a
function newYork() {
  const block = (name, start, from, to, day) =>
    `BEGIN:${name}\r\nDTSTART:${start}\r\nTZOFFSETFROM:${from}\r\nTZOFFSETTO:${to}\r\nRRULE:FREQ=YEARLY;${day}\r\nEND:${name}\r\n`;
  return new ICAL.Timezone(new ICAL.Component(ICAL.parse(
    'BEGIN:VTIMEZONE\r\nTZID:America/New_York\r\n' +
    block('DAYLIGHT', '20070311T020000', '-0500', '-0400', 'BYMONTH=3;BYDAY=2SU') +
    block('STANDARD', '20071104T020000', '-0400', '-0500', 'BYMONTH=11;BYDAY=1SU') + 'END:VTIMEZONE\r\n')));
}

function icaljs({ data, from, until }) {
  const calendar = new ICAL.Component(ICAL.parse(data));
  for (const zone of calendar.getAllSubcomponents('vtimezone')) {
    ICAL.TimezoneService.register(new ICAL.Timezone(zone));
  }
  ICAL.TimezoneService.register(newYork(), 'America/New_York');
  for (const zone of calendar.getAllSubcomponents('vtimezone')) { // times look in their own file first
    if (zone.getFirstPropertyValue('tzid') === 'America/New_York') calendar.removeSubcomponent(zone);
  }
  const all = calendar.getAllSubcomponents('vevent').map((e) => new ICAL.Event(e));
  const out = [];
  const add = (uid, event, start) => {
    const at = start.toJSDate().toISOString();
    if (!start.isDate && !cancelled(event) && at >= from && at < until) out.push([uid, at]);
  };
  const cancelled = (event) => event.component.getFirstPropertyValue('status') === 'CANCELLED';
  for (const event of all.filter((e) => !e.isRecurrenceException())) {
    if (!event.isRecurring()) {
      add(event.uid, event, event.startDate);
      continue;
    }
    for (const e of all) if (e.uid === event.uid && e.isRecurrenceException()) event.relateException(e);
    const next = event.iterator();
    for (let at, n = 0; n < 3000 && (at = next.next()); n++) {
      if (at.toJSDate().toISOString() >= until) break;
      const one = event.getOccurrenceDetails(at);
      add(event.uid, one.item, one.startDate);
    }
  }
  ICAL.TimezoneService.reset();
  return out.sort();
}

// node-ical goes by the names of zones, those of Windows too.
function nodeical({ data, from, until }) {
  const out = [];
  for (const event of Object.values(nodeIcal.sync.parseICS(data))) {
    if (event.type !== 'VEVENT' || event.datetype === 'date') continue;
    const found = nodeIcal.expandRecurringEvent(event, { from: new Date(from), to: new Date(until), includeOverrides: true });
    for (const one of found) {
      const at = new Date(one.start).toISOString();
      if (one.event.status !== 'CANCELLED' && !one.isFullDay && at >= from && at < until) out.push([event.uid, at]);
    }
  }
  return out.sort();
}

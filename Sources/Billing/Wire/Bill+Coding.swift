import CivilTime
public import EventSourcing
import Metering
import Money
import Tariffs

// What `Event.encodeField` writes, in less time: most of what a book holds are charges and invoices.

extension ChargeRecorded {
  /// Writes the charge as field 15 of its entry.
  public func encodeField(into writer: inout WireWriter) {
    guard waivedBy.isEmpty, reference.isEmpty, thousandths == 0, revenueClass == nil,
      about == 0
    else {
      return Event.chargeRecorded(self).encodeField(into: &writer)
    }
    let fields: InlineArray<10, UInt64> = [
      UInt64(component), UInt64(tier), touPeriod.map { UInt64($0) + 1 } ?? 0,
      WireWriter.zigzag(quantity), WireWriter.zigzag(amount.cents),
      tax.map { UInt64($0) + 1 } ?? 0, UInt64(segment), UInt64(furtherSegments),
      UInt64(type?.rawValue ?? 0), WireWriter.zigzag(waived.cents),
    ]
    writer.flatMessage(EntryView.eventsField, Event.Kind.chargeRecorded.rawValue, fields)
  }
}

extension RatedLine {
  /// Writes what the line leaves to be recorded, as field 15 of its entry: what
  /// `ChargeRecorded(self)` writes.
  func encodeField(into writer: inout WireWriter) {
    var fields = InlineArray<10, UInt64>(repeating: 0)
    let quantity = quantity
    guard quantity.thousandths == 0 else {
      return ChargeRecorded(self).encodeField(into: &writer)
    }
    if type == .tax {
      fields[5] = UInt64(component) + 1
    } else {
      fields[0] = UInt64(component)
      fields[1] = UInt64(tier)
      if let touPeriod { fields[2] = UInt64(touPeriod) + 1 }
      fields[3] = WireWriter.zigzag(quantity.whole)
    }
    fields[4] = WireWriter.zigzag(amount.cents)
    fields[6] = UInt64(segment)
    fields[7] = UInt64(segmentCount - 1)
    fields[9] = WireWriter.zigzag(waived.cents)
    writer.flatMessage(EntryView.eventsField, Event.Kind.chargeRecorded.rawValue, fields)
  }
}

extension InvoiceIssued {
  /// Writes the invoice as field 15 of its entry.
  public func encodeField(into writer: inout WireWriter) {
    writer.message(EntryView.eventsField) { entry in
      entry.message(Event.Kind.invoiceIssued.rawValue) { event in
        event.unsigned(1, UInt64(ordinal))
        event.signed(2, Int64(period.end.rawValue))
        event.unsigned(3, UInt64(period.days))
        event.signed(4, Int64(due - period.end))
        event.signed(5, total.cents)
        event.string(6, plan)
        event.unsigned(
          7, customerClass == .residential ? 0 : UInt64(customerClass.rawValue))
        event.string(8, sector)
        for jurisdiction in jurisdictions { event.presentString(9, jurisdiction) }
        event.unsigned(10, rules)
        event.message(11, omittedWhenEmpty: true) { places in
          for reading in readings {
            places.varint(UInt64(reading.version))
            places.varint(UInt64(reading.index))
          }
        }
        event.message(12, omittedWhenEmpty: true) { runs in
          for run in intervals {
            runs.varint(UInt64(run.first.version))
            runs.varint(UInt64(run.first.index))
            runs.varint(UInt64(run.count))
          }
        }
        for plan in earlierPlans { event.presentString(13, plan) }
        event.unsigned(14, UInt64(replaces))
        event.unsigned(15, isFinal ? 1 : 0)
        if let peak { event.presentUnsigned(16, WireWriter.zigzag(peak.milliwatts)) }
        event.signed(17, counted.cents)
        event.unsigned(18, isStatement ? 1 : 0)
        event.message(19, omittedWhenEmpty: true) { days in
          for day in planDays { days.varint(UInt64(day)) }
        }
      }
    }
  }
}

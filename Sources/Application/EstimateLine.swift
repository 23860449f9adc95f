import Billing
import CivilTime
import Documents
import Metering
import Tariffs

extension InvoiceBuilder {
  /// From what the readings that the invoice uses were estimated.
  var estimates: [InvoiceDocument.Estimate] {
    stored.derivation.measured.dials.flatMap { dial in
      dial.readings.compactMap { used -> InvoiceDocument.Estimate? in
        guard used.quality == .estimated, let estimate = stored.estimates[used.place],
          let from = recorded(estimate.from, dial), let until = recorded(estimate.until, dial)
        else { return nil }
        let days = stored.zone.day(of: until.at) - stored.zone.day(of: from.at)
        return InvoiceDocument.Estimate(
          meter: dial.meter, register: dial.spec.name, reading: reading(used, dial.spec),
          method: estimate.method.name, from: reading(from, dial.spec),
          until: reading(until, dial.spec), days: days,
          kwh: dial.spec.usage(from: from.value, to: until.value).energy.kilowattHours)
      }
    }
  }

  /// The reading of a register that is recorded at `place`, as it was recorded there.
  private func recorded(
    _ place: EventReference, _ dial: MeasuredEnergy.Dial
  ) -> AccountState.Reading? {
    let readings = stored.state.register(dial.number)?.readings ?? []
    guard var found = readings.first(where: { $0.isRecorded(at: place) }) else { return nil }
    if let old = found.corrects, old.place == place {
      (found.value, found.place) = (old.value, place)
    }
    return found
  }
}

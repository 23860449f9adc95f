import Billing
import CivilTime
import EventLog
import EventSourcing
import Interchange
import Metering

extension Ledger {
  /// Removes a meter from the account it serves, with what its registers show: in one append on both
  /// streams. An exchange is a removal, and the installation of another meter.
  ///
  /// - Parameters:
  ///   - time: When, as a file of readings gives it.
  ///   - readings: A register's name and what it shows; the name may be left out of a meter with one.
  public func removeMeter(
    _ meter: String, time: String, readings: [(register: String?, value: String)]
  ) throws -> ChangeReport {
    guard let at = LocalOrInstant(time) else {
      throw Failure("'\(time)' is no time.", advice: "Give one as 2026-03-15 or 2026-03-15T08:30.")
    }
    let stream = StreamID(.meter, meter)
    let authority = try authority()
    while true {
      let now = try now()
      let rulebook = try rulebook()
      let serving = try book.read { try MeterState(of: stream, in: $0) }
      guard let account = try serving.account ?? lastAccount(of: stream) else {
        throw Failure("The meter \(meter) serves no account.", advice: "Check its name.")
      }
      let own = StreamID(.account, account)
      let state = try book.read { try snapshots.state(of: account, in: $0) }
      let zone = try rulebook.zone(of: state)
      let moment = at.resolved(in: zone)
      let events: [Event]
      let released: [Event]
      do {
        events = try Account.decide(
          .removeMeter(
            RemoveMeter(
              meter: meter, at: moment,
              finalReadings: try Self.values(readings, of: meter, state),
              dailyMaximum: rulebook.dailyMaximum(of: state, on: zone.day(of: now.instant)))),
          state)
        released = try MeterAssignment.decide(.release(account: account, at: moment), serving)
      } catch let reason as AccountRejection {
        throw Failure("Meter \(meter): \(reason).", advice: "\(reason.advice).".sentence)
      } catch let reason as MeterRejection {
        throw Failure("Meter \(meter): \(reason).", advice: "\(reason.advice).".sentence)
      }
      if !events.isEmpty {
        var batch = Batch()
        for (stream, version, events) in [
          (own, state.version, events), (stream, serving.version, released),
        ] where !events.isEmpty {
          var header = EntryHeader(stream: stream, version: version + 1)
          header.actor = authority.actor
          header.reason = authority.reason
          header.effectiveDay = zone.day(of: moment).rawValue
          batch.add(header) { writer in
            for event in events { event.encodeField(into: &writer) }
          }
        }
        guard case .appended = try append(batch, at: now) else { continue }
      }
      var after = state
      after.append(events)
      return ChangeReport(
        account, events, after,
        next: events.isEmpty ? [] : ["`meterbook import meters` installs the one that follows."],
        root: try book.head().root.bytes.hex)
    }
  }

  /// The account that a meter served last.
  func lastAccount(of stream: StreamID) throws -> String? {
    try book.read { snapshot in
      var last: String?
      guard try snapshot.streamHead(stream) != nil else { return nil }
      try snapshot.forEach(stream: stream) { _, bytes in
        for event in try EntryView(bytes).decodedEvents(bytes) {
          if case .meterReleased(let it) = event { last = it.account }
        }
        return .proceed
      }
      return last
    }
  }

  /// What each register shows, in its own units, in the meter's order.
  private static func values(
    _ given: [(register: String?, value: String)], of meter: String, _ state: AccountState
  ) throws -> [Int64?] {
    guard let number = state.meterNumber(meter) else { return [] }
    let registers = state.meters[number].registers
    for reading in given {
      guard let name = reading.register else { continue }
      guard registers.contains(where: { $0.spec.name == name }) else {
        throw AccountRejection.unknownRegister(
          name, meter: meter, known: registers.map(\.spec.name))
      }
    }
    return try registers.map { register in
      let own = given.last { $0.register == register.spec.name || $0.register == nil }
      guard !register.isChannel, let own else { return nil }
      guard let exact = ExactDecimal(own.value),
        let value = exact.scaled(to: Int(register.spec.decimals))
      else {
        throw Failure(
          "'\(own.value)' does not fit register '\(register.spec.name)'.",
          advice: "Give what it showed, with at most \(register.spec.decimals) decimals.")
      }
      return value
    }
  }
}

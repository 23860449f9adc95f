import Billing
import CivilTime
import EventSourcing
import Testing

/// A state that folds whole entries.
protocol EntryFold: Sendable {
  mutating func append(_ events: [Event])
  /// Something that differs where two folds differ.
  var fingerprint: String { get }
}

extension AccountState: EntryFold {
  var fingerprint: String { "\(self)" }
}

extension RulebookState: EntryFold {
  var fingerprint: String {
    let published = published.map { "\($0.key)=\($0.value)" }.sorted()
    return "\(version) \(published) \(classifications) \(zones.keys.sorted())"
  }
}

extension MeterState: EntryFold {
  mutating func append(_ events: [Event]) { events.forEach { MeterAssignment.evolve(&self, $0) } }
  var fingerprint: String { "\(self)" }
}

extension ReviewState: EntryFold {
  mutating func append(_ events: [Event]) { events.forEach { Review.evolve(&self, $0) } }
  var fingerprint: String { "\(self)" }
}

extension RunState: EntryFold {
  mutating func append(_ events: [Event]) { events.forEach { Run.evolve(&self, $0) } }
  var fingerprint: String { "\(self)" }
}

extension CalendarState: EntryFold {
  mutating func append(_ events: [Event]) {
    events.forEach { AccountingCalendar.evolve(&self, $0) }
  }
  var fingerprint: String { "\(self)" }
}

extension FilingState: EntryFold {
  mutating func append(_ events: [Event]) { events.forEach { Filings.evolve(&self, $0) } }
  var fingerprint: String { "\(self)" }
}

/// A decider and what happened so far: each element of `history` is an entry.
struct Given<D: Decider> where D.Event == Event, D.State: EntryFold {
  var history: [[Event]]
  var state: D.State

  init(_ decider: D.Type, _ history: [[Event]] = []) {
    self.history = history
    state = D.initial
    for entry in history { state.append(entry) }
  }

  /// The same, after obeying `command`; every decision passes `checkDecider`.
  func when(
    _ command: D.Command, sourceLocation: SourceLocation = #_sourceLocation
  ) -> When<D> {
    let outcome: Result<[Event], D.Rejection>
    do throws(D.Rejection) {
      outcome = .success(try D.decide(command, state))
    } catch {
      outcome = .failure(error)
    }
    if case .success(let events) = outcome {
      checkDecider(self, command, events, sourceLocation)
    }
    return When(given: self, outcome: outcome, sourceLocation: sourceLocation)
  }

  func after(
    _ command: D.Command, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Given {
    var next = self
    let events = try when(command, sourceLocation: sourceLocation).outcome.get()
    guard !events.isEmpty else { return next }
    next.history.append(events)
    next.state.append(events)
    return next
  }
}

/// What came of a command.
struct When<D: Decider> where D.Event == Event, D.State: EntryFold {
  let given: Given<D>
  let outcome: Result<[Event], D.Rejection>
  let sourceLocation: SourceLocation

  /// Expects these events.
  func then(_ expected: Event...) {
    guard case .success(let events) = outcome else {
      Issue.record("refused: \(outcome)", sourceLocation: sourceLocation)
      return
    }
    #expect(events == expected, sourceLocation: sourceLocation)
  }

  /// Expects no events: it was obeyed before.
  func thenNothing() { then() }

  /// Expects this refusal.
  func thenRefused(_ expected: D.Rejection) where D.Rejection: Equatable {
    guard case .failure(let rejection) = outcome else {
      Issue.record("not refused: \(outcome)", sourceLocation: sourceLocation)
      return
    }
    #expect(rejection == expected, sourceLocation: sourceLocation)
  }
}

/// What holds for every decision of every decider: asked again it repeats nothing; a refold gives
/// the same state as the fold; every event survives the wire.
func checkDecider<D: Decider>(
  _ given: Given<D>, _ command: D.Command, _ events: [Event], _ location: SourceLocation
) where D.Event == Event, D.State: EntryFold {
  var folded = given.state
  folded.append(events)
  do throws(D.Rejection) {
    let again = try D.decide(command, folded)
    // An account that is several periods behind is billed once for each.
    let isNextBill =
      again.invoice.map { $0.period.start == events.invoice?.period.end } ?? false
    // A bill without its readings is made once they are estimated.
    let isEstimate = events.isEstimated || again.isEstimated
    #expect(
      again == [] || isNextBill || isEstimate, "asked again it must do nothing",
      sourceLocation: location)
  } catch {
    Issue.record("asked again it refuses: \(error)", sourceLocation: location)
  }
  var refolded = D.initial
  var entries = given.history
  if !events.isEmpty { entries.append(events) }
  for entry in entries { refolded.append(entry) }
  #expect(refolded.fingerprint == folded.fingerprint, sourceLocation: location)
  if let state = folded as? AccountState {
    #expect((try? saved(state)) == state, sourceLocation: location)
  }
  for event in events {
    let back = Result { try roundTrip(event) }
    #expect((try? back.get()) == event, "\(back)", sourceLocation: location)
  }
}

extension [Event] {
  /// Whether they are readings that a bill run estimated.
  var isEstimated: Bool {
    !isEmpty
      && allSatisfy { event in
        if case .readingRecorded(let reading) = event { reading.estimate != nil } else { false }
      }
  }
}

/// The state after a way through the bytes in which it is saved; they come out the same.
func saved(_ state: AccountState) throws -> AccountState {
  let bytes = state.savedBytes
  let back = try unsafe WireReader.read(AccountState.self, bytes.span.bytes, 0..<bytes.count)
  #expect(back.savedBytes == bytes)
  return back
}

/// The event's bytes.
func encoded(_ event: Event) -> [UInt8] {
  var writer = WireWriter()
  event.encode(into: &writer)
  return writer.bytes
}

/// The event that fills `bytes`.
func decoded(_ bytes: [UInt8]) throws -> Event {
  try unsafe Event.decode(bytes.span.bytes, 0..<bytes.count)
}

/// The event after a way over the wire; its bytes come out the same.
func roundTrip(_ event: Event) throws -> Event {
  let bytes = encoded(event)
  let back = try decoded(bytes)
  #expect(encoded(back) == bytes)
  return back
}

/// An entry's bytes as the book holds them.
func entry(_ events: [Event], stream: StreamID, version: UInt64, run: UInt64 = 0) -> [UInt8] {
  var header = EntryHeader(stream: stream, version: version)
  header.recordedAt = Timestamp(rawValue: 1_772_000_000_000_000)
  header.effectiveDay = 20_520
  header.run = run
  var writer = WireWriter()
  _ = header.encode(into: &writer)
  for event in events { event.encodeField(into: &writer) }
  return writer.bytes
}

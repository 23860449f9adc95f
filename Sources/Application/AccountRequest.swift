import Billing
public import CivilTime
import EventLog
import EventSourcing
import Interchange
import Metering
import Tariffs

/// What a request to one account added to the book.
public struct AccountRequestReport: Report {
  /// An event that was added.
  struct Added: Encodable, Sendable {
    let event: String
    let facts: [Facts.Fact]
  }

  let account: String
  let events: [Added]
  /// What to look at, or do, next; may be empty.
  let next: [String]
  let root: String

  /// A line an event.
  public var text: String {
    guard !events.isEmpty else { return "Nothing to do: the book says so already." }
    let lines = events.map { event in
      let facts = event.facts.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
      return "  \(event.event)" + (facts.isEmpty ? "" : "  \(facts)")
    }
    return (["Account \(account)"] + lines + next).joined(separator: "\n")
  }
}

/// What a request to an account is decided with.
struct AccountContext {
  let account: String
  let state: AccountState
  let rulebook: RulebookState
  let zone: ZoneRules
  let now: Instant
  let reason: String

  /// The local date.
  var today: Day { zone.day(of: now) }
}

extension Ledger {
  /// Appends what `command` makes of an account's state, as one entry; again if the account, or the
  /// rules, moved on meanwhile.
  ///
  /// - Parameters:
  ///   - day: The accounting day; `nil` for today.
  ///   - next: What to tell of the events, once they are in the book.
  func request(
    _ account: String, day: Day? = nil,
    next: (AccountContext) throws -> [String] = { _ in [] },
    _ command: (AccountContext) throws -> AccountCommand
  ) throws -> AccountRequestReport {
    let stream = try accountStream(account)
    let authority = try authority()
    while true {
      let now = try now()
      let rulebook = try rulebook()
      let state = try book.read { try AccountState(of: stream, in: $0) }
      let context = AccountContext(
        account: account, state: state, rulebook: rulebook, zone: try rulebook.zone(of: state),
        now: now.instant, reason: authority.reason)
      let events: [Event]
      do {
        events = try Account.decide(try command(context), state)
      } catch let reason as AccountRejection {
        throw Failure("Account \(account): \(reason).", advice: "\(reason.advice).")
      }
      if !events.isEmpty {
        var batch = Batch()
        var header = EntryHeader(stream: stream, version: state.version + 1)
        header.actor = authority.actor
        header.reason = authority.reason
        header.effectiveDay = (day ?? context.today).rawValue
        batch.add(header) { writer in
          for event in events { event.encodeField(into: &writer) }
        }
        batch.require(.rules, at: rulebook.version)
        guard case .appended = try append(batch, at: now) else { continue }
      }
      return AccountRequestReport(
        account: account,
        events: events.map { .init(event: $0.kind.name, facts: Facts.of($0)) },
        next: events.isEmpty ? [] : try next(context), root: try book.head().root.bytes.hex)
    }
  }
}

extension Ledger {
  /// Ceases to serve an account; `day` is the day after the last one served.
  public func stopService(_ account: String, on day: Day) throws -> AccountRequestReport {
    try request(account, day: day) { _ in .stopService(day) }
  }

  /// Closes an account that is finally billed.
  public func close(_ account: String, on day: Day) throws -> AccountRequestReport {
    try request(account, day: day) { .close(day, reason: $0.reason) }
  }

  /// Puts an account on a plan from a day on that is not billed yet.
  public func assignPlan(
    _ account: String, plan: String, from day: Day
  ) throws -> AccountRequestReport {
    try request(account) { context in
      guard !context.rulebook.rules.versions(of: plan).isEmpty else {
        throw Failure(
          "There is no plan '\(plan)'.", advice: "`meterbook rules list` shows those published.")
      }
      return .assignPlan(PlanAssignment(plan: plan, from: day))
    }
  }

  /// Makes an account part of another one, which must exist.
  public func merge(
    _ account: String, into other: String, on day: Day?
  ) throws -> AccountRequestReport {
    _ = try accountStream(other)
    return try request(account, day: day) {
      .merge(
        AccountMerged(into: other, day: day ?? $0.today, reason: $0.reason), id: account)
    }
  }

  /// Lets an account stand for itself again.
  public func unmerge(_ account: String, on day: Day?) throws -> AccountRequestReport {
    try request(account, day: day) {
      .unmerge(AccountUnmerged(day: day ?? $0.today, reason: $0.reason))
    }
  }

  /// Lets an account take part in a promotion that the policies of `day` offer.
  public func enrol(
    _ account: String, promotion: String, from day: Day?
  ) throws -> AccountRequestReport {
    try request(account) { context in
      let from = day ?? context.today
      guard let offer = context.rulebook.rules.policies(on: from)?.promotion(promotion) else {
        throw Failure(
          "The policies of \(from) offer no promotion '\(promotion)'.",
          advice: "`meterbook rules list` shows the policies; publish one that offers it.")
      }
      return .enrol(
        PromotionEnrolled(
          promotion: promotion, component: offer.waives, bills: UInt32(offer.bills), from: from))
    }
  }

  /// Ends an account's part in a promotion.
  public func endPromotion(
    _ account: String, promotion: String, on day: Day?
  ) throws -> AccountRequestReport {
    try request(account, day: day) {
      .endPromotion(promotion, day ?? $0.today, reason: $0.reason)
    }
  }

  /// Puts a reading right, and tells which invoices used it.
  ///
  /// - Parameters:
  ///   - time: When it was taken, as a file of readings gives it.
  ///   - value: What the register showed.
  public func correctReading(
    meter: String, register: String?, time: String, value: String, isVouchedFor: Bool
  ) throws -> AccountRequestReport {
    guard let at = LocalOrInstant(time) else {
      throw Failure("'\(time)' is no time.", advice: "Give one as 2026-03-15 or 2026-03-15T08:30.")
    }
    guard let exact = ExactDecimal(value) else {
      throw Failure("'\(value)' is no number.", advice: "Give what the register showed, as 191.")
    }
    let serving = try book.read { try MeterState(of: StreamID(.meter, meter), in: $0) }
    guard let account = serving.account else {
      throw Failure("The meter \(meter) serves no account.", advice: "Check its name.")
    }
    return try request(
      account, next: { try self.invoices(using: at.resolved(in: $0.zone), of: $0) }
    ) { context in
      .correctReading(
        CorrectReading(
          NewReading(
            meter: meter, register: register, at: at.resolved(in: context.zone),
            units: exact.units, places: exact.places, quality: .corrected, method: .manual),
          reason: context.reason,
          dailyMaximum: context.rulebook.dailyMaximum(of: context.state, on: context.today),
          isVouchedFor: isVouchedFor))
    }
  }

  /// The invoices that used the readings of a moment, in words.
  private func invoices(using at: Instant, of context: AccountContext) throws -> [String] {
    let stored = try book.read {
      try AccountInvoices(of: StreamID(.account, context.account), in: $0)
    }
    let places = stored.state.meters.flatMap(\.registers).flatMap(\.readings)
      .filter { $0.at == at }.compactMap { $0.corrects?.place }
    let users = stored.state.bills.filter { bill in
      stored.issued[bill.ordinal]?.invoice.readings.contains(where: places.contains) ?? false
    }
    guard !users.isEmpty else { return ["No invoice used it."] }
    let numbers = users.map {
      InvoiceIssued.number(account: context.account, ordinal: $0.ordinal)
    }
    return [
      "It was used by \(numbers.joined(separator: " and "));",
      "`meterbook rebill \(context.account) --dry-run` shows what changes.",
    ]
  }
}

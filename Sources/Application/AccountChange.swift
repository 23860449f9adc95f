import Billing
import CivilTime
import Documents
import EventLog
import EventSourcing
import Money
import Tariffs

/// What a request to an account needs besides the account itself.
struct AccountMoment: Sendable {
  /// The moment.
  let now: Instant
  /// The local date of it.
  let today: Day
  /// The account's zone.
  let zone: ZoneRules
  /// The policies of that day.
  let policies: Policies
  /// The rules as known now.
  let rulebook: RulebookState

  /// The version of the rules' stream.
  var rulesVersion: UInt64 { rulebook.version }

  init(_ state: AccountState, _ rulebook: RulebookState, at now: Instant) throws {
    self.now = now
    zone = try rulebook.zone(of: state)
    today = zone.day(of: now)
    policies = rulebook.rules.billingPolicies(on: today)
    self.rulebook = rulebook
  }

  /// How an invoice of its own is issued at this moment.
  var statement: IssueStatement {
    IssueStatement(issued: today, rulesVersion: rulesVersion, order: policies.allocation)
  }
}

extension Ledger {
  /// Lets an account decide on a request and appends what follows, again if the account or the rules
  /// have moved on meanwhile.
  ///
  /// - Parameters:
  ///   - next: What to look at or do next, of the account as it is then; asked where something was
  ///     added.
  ///   - decide: The request, and its accounting day; the present one if `nil`.
  /// - Throws: `Failure` with the account's refusal.
  func change(
    _ account: String, next: (AccountMoment) throws -> [String] = { _ in [] },
    _ decide: (AccountState, AccountMoment) throws -> (command: AccountCommand, day: Day?)
  ) throws -> ChangeReport {
    let stream = try accountStream(account)
    let authority = try authority()
    defer { snapshots.flush() }
    while true {
      let rulebook = try rulebook()
      let calendar = try calendar()
      let state = try book.read { try snapshots.state(of: account, in: $0) }
      let now = try now()
      let moment = try AccountMoment(state, rulebook, at: now.instant)
      let (command, day) = try decide(state, moment)
      let events: [Event]
      do throws(AccountRejection) {
        events = try Account.decide(command, state)
      } catch {
        throw Failure(account, error)
      }
      var after = state
      after.append(events)
      if !events.isEmpty {
        var header = EntryHeader(stream: stream, version: state.version + 1)
        header.actor = authority.actor
        header.reason = authority.reason
        header.count(on: day ?? moment.today, posting: events, calendar)
        var batch = Batch()
        batch.add(header) { writer in
          for event in events { event.encodeField(into: &writer) }
        }
        batch.require(.rules, at: rulebook.version)
        batch.require(.calendar, at: calendar.version)
        guard case .appended = try append(batch, at: now) else { continue }
      }
      return try ChangeReport(
        account, events, after, next: events.isEmpty ? [] : next(moment),
        root: book.head().root.bytes.hex)
    }
  }

  /// Lets the account of an invoice decide on a request about it.
  func change(
    invoice number: String,
    _ decide: (UInt32, AccountState, AccountMoment) throws -> AccountCommand
  ) throws -> ChangeReport {
    let (account, ordinal) = try Self.parse(invoice: number)
    return try change(account) { state, moment in (try decide(ordinal, state, moment), nil) }
  }

  /// The account and ordinal of an invoice's number.
  static func parse(invoice number: String) throws -> (account: String, ordinal: UInt32) {
    guard let parts = InvoiceIssued.parse(number: number) else {
      throw Failure(
        "'\(number)' is not an invoice's number.",
        advice: "Numbers are ACCOUNT-ORDINAL, as 1000000001-0001; see `meterbook invoice list`.")
    }
    return parts
  }

  /// The ordinal of the invoice called `number`, which must be of `account`; 0 for none.
  static func ordinal(_ number: String?, of account: String) throws -> UInt32 {
    guard let number else { return 0 }
    let parts = try parse(invoice: number)
    guard parts.account == account else {
      throw Failure(
        "Invoice \(number) is of account \(parts.account), not \(account).",
        advice: "Check both numbers.")
    }
    return parts.ordinal
  }
}

extension Failure {
  /// An account's refusal.
  init(_ account: String, _ reason: AccountRejection) {
    self.init("Account \(account): \(reason).", advice: "\(reason.advice).".sentence)
  }
}

/// What a request to an account did.
public struct ChangeReport: Report {
  let account: String
  /// A sentence each.
  let done: [String]
  /// What the account owes afterwards; below zero what it has to its credit.
  let balance: String
  /// Events added to the account.
  let events: Int
  /// What to look at, or do, next; may be empty.
  let next: [String]
  let root: String

  /// What was done by `events`, after which the account is as `state` has it.
  init(
    _ account: String, _ events: [Event], _ state: AccountState, next: [String], root: String
  ) {
    self.account = account
    done = events.compactMap { $0.sentence(on: account, state) }
    balance = state.balance.description
    self.events = events.count
    self.next = next
    self.root = root
  }

  /// What was done, what to do next, and the balance.
  public var text: String {
    var lines = ["Account \(account)"] + done.map { "  \($0)" }
    if events == 0 { lines.append("  Nothing was added: this is recorded already.") }
    lines.append("  Balance \(InvoiceDocument.grouped(balance))")
    lines += next
    return lines.joined(separator: "\n")
  }
}

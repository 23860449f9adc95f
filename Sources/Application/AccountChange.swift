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
  /// The version of the rules' stream.
  let rulesVersion: UInt64

  init(_ state: AccountState, _ rulebook: RulebookState, at now: Instant) throws {
    self.now = now
    zone = try rulebook.zone(of: state)
    today = zone.day(of: now)
    policies = rulebook.rules.billingPolicies(on: today)
    rulesVersion = rulebook.version
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
  /// - Parameter decide: The request, and its accounting day; the present one if `nil`.
  /// - Throws: `Failure` with the account's refusal.
  func change(
    _ account: String,
    _ decide: (AccountState, AccountMoment) throws -> (command: AccountCommand, day: Day?)
  ) throws -> ChangeReport {
    let stream = try accountStream(account)
    let authority = try authority()
    while true {
      let rulebook = try rulebook()
      let state = try book.read { try AccountState(of: account, in: $0) }
      let now = try now()
      let moment = try AccountMoment(state, rulebook, at: now.instant)
      let (command, day) = try decide(state, moment)
      let events: [Event]
      do throws(AccountRejection) {
        events = try Account.decide(command, state)
      } catch {
        throw Failure("Account \(account): \(error).", advice: "\(error.advice).".sentence)
      }
      var after = state
      after.append(events)
      if !events.isEmpty {
        var header = EntryHeader(stream: stream, version: state.version + 1)
        header.actor = authority.actor
        header.reason = authority.reason
        header.effectiveDay = (day ?? moment.today).rawValue
        var batch = Batch()
        batch.add(header) { writer in
          for event in events { event.encodeField(into: &writer) }
        }
        batch.require(.rules, at: rulebook.version)
        guard case .appended = try append(batch, at: now) else { continue }
      }
      return try ChangeReport(
        account: account, done: events.compactMap { $0.sentence(on: account, after) },
        balance: after.balance.description, events: events.count, root: book.head().root.bytes.hex)
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

/// What a request to an account did.
public struct ChangeReport: Report {
  let account: String
  /// A sentence each.
  let done: [String]
  /// What the account owes afterwards; below zero what it has to its credit.
  let balance: String
  /// Events added to the account.
  let events: Int
  let root: String

  /// What was done, and the balance.
  public var text: String {
    var lines = ["Account \(account)"] + done.map { "  \($0)" }
    if events == 0 { lines.append("  Nothing was added: this is recorded already.") }
    lines.append("  Balance \(InvoiceDocument.grouped(balance))")
    return lines.joined(separator: "\n")
  }
}

extension Event {
  /// What happened, in a line; `nil` for what the others imply.
  ///
  /// - Parameter state: The account after the event.
  func sentence(on account: String, _ state: AccountState) -> String? {
    func name(_ ordinal: UInt32) -> String {
      InvoiceIssued.number(account: account, ordinal: ordinal)
    }
    func about(_ ordinal: UInt32) -> String { ordinal == 0 ? "" : ", about \(name(ordinal))" }
    let payments = state.receivables.payments
    func reference(_ number: UInt32) -> String {
      let place = Int(number) - 1
      return payments.indices.contains(place) ? payments[place].received.reference : "\(number)"
    }
    switch self {
    case .paymentReceived(let it):
      return "Payment \(it.reference) of \(it.amount), received on \(it.day)"
    case .paymentReturned(let it):
      return "Payment \(reference(it.payment)) returned on \(it.day): \(it.reason)"
    case .paymentAllocated(let it):
      let source =
        switch it.source {
        case .payment(let number): "payment \(reference(number))"
        case .credit(let ordinal): "credit \(name(ordinal))"
        }
      let fees = it.fees == .zero ? "" : ", \(it.fees) of it late fees"
      return it.sum < .zero
        ? "\(-it.sum) of \(source) taken back from \(name(it.invoice))"
        : "\(it.sum) of \(source) pay \(name(it.invoice))\(fees)"
    case .adjustmentPosted(let it):
      return "Adjustment of \(it.amount), class \(it.revenueClass.name)\(about(it.invoice))"
    case .creditPosted(let it): return "Credit of \(it.amount)\(about(it.invoice))"
    case .invoiceIssued(let it):
      let kind = it.isStatement ? "Statement" : "Invoice"
      return "\(kind) \(name(it.ordinal)) of \(it.total), due on \(it.due)"
    case .writeOffPosted(let it):
      return "\(it.amount + it.fees) of \(name(it.invoice)) written off"
    case .disputeOpened(let it):
      let amount = it.amount == .zero ? "all that is open" : "\(it.amount)"
      return "Dispute of \(name(it.invoice)) opened on \(it.day): \(amount)"
    case .disputeResolved(let it):
      let disputes = state.receivables.disputes
      let place = Int(it.dispute) - 1
      let invoice = disputes.indices.contains(place) ? disputes[place].opened.invoice : 0
      return "Dispute of \(name(invoice)) \(it.outcome.name) on \(it.day)"
    case .paymentPlanStarted(let it):
      return "Payment plan of \(it.instalments.map(\.amount).sum()) from \(it.day)"
    case .paymentPlanBroken(let it): return "Payment plan broken on \(it.day): \(it.reason)"
    case .paymentPlanCompleted(let it): return "Payment plan completed on \(it.day)"
    case .lateFeeAssessed(let it):
      let word = it.isReinstated ? "stands again" : "assessed"
      return "Late fee of \(it.amount) on \(name(it.invoice)) \(word)"
    case .lateFeeReversed(let it): return "Late fee on \(name(it.invoice)) reversed"
    default: return nil
    }
  }
}

extension String {
  /// The text with its first letter in upper case.
  var sentence: String { prefix(1).uppercased() + dropFirst() }
}

import Billing
import CivilTime
import EventSourcing
import Foundation
import Metering
import Money
import Tariffs
import Testing

/// Random commands against an account, beside a model that only adds and subtracts.
///
/// `METERBOOK_LIFE_COMMANDS` sets how many (100,000 in the long form); the seed is printed, and
/// `METERBOOK_SEED` gives another.
@Suite struct LifeModelTests {
  static func setting(_ name: String, _ usual: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? usual
  }

  @Test func `money is conserved, and what is refused is refused for the reason it should be`()
    throws
  {
    let seed = UInt64(Self.setting("METERBOOK_SEED", 20_261_125))
    let commands = Self.setting("METERBOOK_LIFE_COMMANDS", 6_000)
    print("life model: seed \(seed), \(commands) commands")
    var tally = Tally()
    let each = 150
    for account in 0..<max(1, commands / each) {
      var life = try RandomLife(seed: seed &+ UInt64(account))
      for step in 0..<each {
        try life.step(&tally)
        if let problem = life.problem {
          Issue.record("seed \(seed), account \(account), step \(step): \(problem)")
          return
        }
      }
    }
    print("life model: \(tally.done) obeyed, \(tally.refused.sorted { $0.key < $1.key })")
    // A generator that stopped producing some kind of event would prove nothing about it.
    #expect(tally.kinds.isSuperset(of: RandomLife.expectedKinds))
    #expect(tally.refused.count >= 10)
  }

  struct Tally {
    var done = 0
    var refused: [String: Int] = [:]
    var kinds: Set<Event.Kind> = []
  }
}

/// One account with random things happening to it, and the sums a child could keep.
private struct RandomLife {
  static let expectedKinds: Set<Event.Kind> = [
    .invoiceIssued, .invoiceCancelled, .paymentReceived, .paymentAllocated, .paymentReturned,
    .adjustmentPosted, .creditPosted, .writeOffPosted, .disputeOpened, .disputeResolved,
    .paymentPlanStarted, .paymentPlanBroken, .lateFeeAssessed, .lateFeeSkipped, .lateFeeReversed,
    .readingCorrected, .notificationRequested,
  ]

  private typealias X = Fixture
  private var chance: SplitMix
  private var state: AccountState
  private var issued: [UInt32: IssuedInvoice] = [:]
  private var today = day("2026-02-15")
  private var reading: Int64 = 0
  private let rules = X.rulebook()
  // The model.
  private var billed = Money.zero
  private var cancelled = Money.zero
  private var writtenOff: [UInt32: Money] = [:]
  private var payments: [String: (amount: Money, day: Day, isReturned: Bool)] = [:]
  private var assessed: [UInt32: Int] = [:]
  private(set) var problem: String?

  init(seed: UInt64) throws {
    chance = SplitMix(seed: seed)
    state = try X.account().state
  }

  /// One random command.
  mutating func step(_ tally: inout LifeModelTests.Tally) throws {
    let command = next()
    do {
      let events = try Account.decide(command, state)
      check(events, command)
      take(events)
      tally.done += 1
      for event in events { tally.kinds.insert(event.kind) }
      let again = (try? Account.decide(command, state)) ?? []
      if case .bill = command {
      } else if !again.isEmpty {
        problem = "asked again, \(command) gives \(again)"
      }
    } catch {
      tally.refused[error.code, default: 0] += 1
      refused(command, error)
    }
    if chance.below(6) == 0 { try rebill(&tally) }
    conserve()
  }

  private mutating func next() -> AccountCommand {
    let ordinal = UInt32(chance.below(state.invoices.count + 2))
    let amount = Money(cents: Int64(chance.below(20_000)) - 500)
    let statement = IssueStatement(issued: today, rulesVersion: rules.version)
    let reason = ["a", "b", "c", ""][chance.below(4)]
    switch chance.below(14) {
    case 0, 1:
      // Often the day on which the cycle turns, so that there is something to bill.
      let turn = (today + 1).nextCycleStart(cycleDay: 15)
      today = chance.below(3) > 0 ? turn : today + 1 + chance.below(12)
      reading += Int64(chance.below(900))
      return X.readings(X.reading("\(today)", reading % 100_000), now: "\(today + 1)")
    case 2, 3: return X.bill(through: "\(today)", rules: rules)
    case 4, 5, 6:
      let received = today - chance.below(12) + (chance.below(15) == 0 ? 20 : 0)
      return .receivePayment(
        ReceivePayment(
          PaymentReceived(
            reference: "P\(chance.below(40))", amount: amount, at: X.zone.midnight(of: received),
            day: received, invoice: chance.below(3) == 0 ? ordinal : 0), today: today))
    case 7:
      return .returnPayment(
        ReturnPayment(
          reference: "P\(chance.below(40))", day: today, reason: "unpaid", today: today))
    case 8:
      return .adjust(
        PostAdjustment(
          AdjustmentPosted(
            amount: amount - Money(cents: 8_000), revenueClass: .variableEnergy,
            invoice: chance.below(2) == 0 ? ordinal : 0, reason: reason, approver: "dana"),
          statement: statement))
    case 9:
      return .credit(
        PostCredit(
          CreditPosted(amount: amount, invoice: ordinal, reason: reason, approver: "dana"),
          statement: statement))
    case 10:
      return chance.below(2) == 0
        ? .writeOff(
          WriteOff(invoice: max(1, ordinal), reason: "gone", approver: "dana"))
        : .startPlan(
          PaymentPlanStarted(
            day: today,
            instalments: [Instalment(due: today + 10, amount: max(amount, Money(cents: 0)))],
            reason: reason))
    case 11:
      return .dispute(
        DisputeOpened(
          invoice: ordinal, amount: Money(cents: Int64(chance.below(3)) * 700), day: today,
          reason: reason))
    case 12:
      return .resolveDispute(
        ResolveDispute(
          invoice: state.receivables.disputes.last { $0.resolved == nil }?.opened.invoice
            ?? ordinal, outcome: DisputeOutcome.allCases[chance.below(3)],
          amount: Money(cents: Int64(chance.below(900))), reason: reason, approver: "dana",
          statement: statement))
    default:
      return .assessLateFees(
        AssessLateFees(
          at: X.zone.midnight(of: today) + 7_200, today: today,
          terms: Policies(effectiveFrom: day("2020-01-01"))
            .lateFee(for: .residential, jurisdictions: []), rulesVersion: rules.version))
    }
  }

  /// Corrects the reading of a bill that stands, and makes that bill again.
  private mutating func rebill(_ tally: inout LifeModelTests.Tally) throws {
    let bills = state.bills
    guard let bill = bills.last, let old = issued[bill.ordinal] else { return }
    let readings = state.meters[0].registers[0].readings
    guard let last = readings.last(where: { X.zone.day(of: $0.at) == bill.period.end }) else {
      return
    }
    let value = max(0, last.value - Int64(chance.below(60)))
    let correct = AccountCommand.correctReading(
      CorrectReading(
        NewReading(meter: "M-1", at: last.at, units: value), reason: "read again",
        dailyMaximum: kWh(500)))
    guard let events = try? Account.decide(correct, state) else { return }
    take(events)
    for event in events { tally.kinds.insert(event.kind) }
    let made = try Account.rebill(
      Rebill(
        old, today: today, rules: rules.rules, rulesVersion: rules.version, zone: X.zone), state)
    take(made.events)
    for event in made.events { tally.kinds.insert(event.kind) }
  }

  /// Folds an entry, by way of its bytes, and lets the model add.
  private mutating func take(_ events: [Event]) {
    guard !events.isEmpty else { return }
    state.append(events)
    if (try? saved(state)) != state { problem = "the state after \(events) is not what is saved" }
    for event in events where (try? roundTrip(event)) != event {
      problem = "\(event) does not survive the wire"
    }
    for invoice in IssuedInvoice.all(in: events, on: day("2026-03-15")) {
      issued[invoice.invoice.ordinal] = invoice
      billed += invoice.invoice.total
      if invoice.charges.map(\.amount).sum() != invoice.invoice.total {
        problem = "the lines of \(invoice.invoice.ordinal) are not its total"
      }
    }
    for event in events {
      switch event {
      case .invoiceCancelled(let it):
        cancelled += it.invoice.total
        writtenOff[it.invoice.ordinal] = nil
      case .writeOffPosted(let it): writtenOff[it.invoice] = it.amount + it.fees
      case .paymentReceived(let it):
        payments[it.reference] = (it.amount, it.day, false)
      case .paymentReturned(let it):
        let reference = state.receivables.payments[Int(it.payment) - 1].received.reference
        payments[reference]?.isReturned = true
      case .lateFeeAssessed(let it): assessed[it.invoice, default: 0] += it.isReinstated ? 0 : 1
      default: break
      }
    }
  }

  /// Billed - cancelled - written off - paid = open; nothing is paid twice over; no fee twice.
  private mutating func conserve() {
    let paid = payments.values.filter { !$0.isReturned }.map(\.amount).sum()
    let expected = billed - cancelled - writtenOff.values.sum() - paid
    if state.balance != expected {
      problem = "the balance is \(state.balance), the model's \(expected)"
    }
    for invoice in state.invoices where !invoice.isCancelled {
      if invoice.total > .zero, invoice.paid + invoice.paidFees > invoice.total {
        problem = "invoice \(invoice.ordinal) is paid more than its total"
      }
    }
    for payment in state.receivables.payments
    where payment.allocated > payment.received.amount
      || payment.returned != nil && payment.allocated != .zero
    {
      problem = "payment \(payment.received.reference) pays \(payment.allocated)"
    }
    if let twice = assessed.first(where: { $0.value > 1 }) {
      problem = "invoice \(twice.key) has \(twice.value) late fees"
    }
  }

  /// What a payment that was taken in must have been.
  private mutating func check(_ events: [Event], _ command: AccountCommand) {
    switch command {
    case .receivePayment(let it):
      let known = payments[it.payment.reference]
      if it.payment.amount <= .zero || it.payment.day > it.today {
        problem = "\(it) is taken in"
      }
      if let known, (known.amount, known.day) != (it.payment.amount, it.payment.day) {
        problem = "\(it) is taken for another"
      }
      if known != nil, !events.isEmpty { problem = "\(it) is taken in twice" }
    case .credit(let it) where it.credit.amount <= .zero: problem = "\(it) is posted"
    case .dispute(let it):
      if state.invoice(it.invoice)?.isCancelled ?? true { problem = "\(it) is opened" }
    default: break
    }
  }

  /// What was refused must have been wrong.
  private mutating func refused(_ command: AccountCommand, _ reason: AccountRejection) {
    guard case .receivePayment(let it) = command else { return }
    let known = payments[it.payment.reference]
    let isWrong =
      it.payment.amount <= .zero || it.payment.day > it.today
      || it.payment.day < day("2026-01-01")
      || Int(it.payment.invoice) > state.invoices.count
      || known.map { ($0.amount, $0.day) != (it.payment.amount, it.payment.day) } ?? false
    if !isWrong { problem = "\(it) is refused: \(reason)" }
  }
}

/// A small generator whose numbers do not depend on the machine.
struct SplitMix {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(max(1, limit))) }
}

import Billing
import CivilTime
import EventLog
import EventSourcing
import Metering
import Money
import Tariffs
import Testing

@testable import Application

/// Three accounts to which everything happens: billed for January 2026, paid, returned, disputed,
/// corrected, rebilled, given up, merged.
///
/// ```
/// 1000000001  R2, tax 8 %           120.96, of which 50.00 paid; next bill with what waited
/// 1000000002  R1, state and city    rebilled; a payment returned
/// 1000000003  R1, commercial        written off, then rebilled; merged into the first
/// ```
struct WholeLife {
  let book: TestBook

  /// - Parameter classification: A rule file to publish first.
  init(classification: [String]? = nil) throws {
    book = try TestBook.first()
    if let classification {
      let file = try book.file("classification.yaml", classification)
      let report = try book.open().publishRules(in: [file])
      try #require(report.problems == [])
    }
    try book.accounts([
      "1000000003,commercial,America/Chicago,,1,21,SP-3,R1,2026-01-01"
    ])
    try book.meters(["M-3,1000000003,kwh,kWh,5,,,2026-01-01,100"])
    try book.readings(["M-3,kwh,2026-02-01,500"], "2026-02-01T12:30:00Z")
    try book.bill("2026-02-01", at: "2026-02-01T13:00:00Z")
    try payments()
    try matters()
    try corrections()
    try book.readings(
      ["M-1,on-peak,2026-03-01,4400", "M-1,off-peak,2026-03-01,10500"], "2026-03-24T12:00:00Z")
    try book.bill("2026-03-01", at: "2026-03-24T13:00:00Z")
    try ends()
  }

  /// The state of an account, and the rules.
  func state(_ account: String) throws -> (AccountState, RulebookState) {
    let ledger = try book.read()
    return try ledger.book.read {
      (try AccountState(of: account, in: $0), try RulebookState(of: .rules, in: $0))
    }
  }

  /// Appends an entry to an account's stream.
  func append(
    _ events: [Event], to account: String, on date: String, at time: String? = nil,
    reason: String = ""
  ) throws {
    let ledger = try book.open(time, reason: reason)
    let version = try state(account).0.version
    var header = EntryHeader(stream: StreamID(.account, account), version: version + 1)
    header.effectiveDay = try #require(Authority.day(date)).rawValue
    header.actor = "dana"
    header.reason = reason
    var batch = Batch()
    batch.add(header) { writer in
      for event in events { event.encodeField(into: &writer) }
    }
    guard case .appended = try ledger.append(batch, at: ledger.now()) else {
      Issue.record("the entry was not appended")
      return
    }
  }

  static func money(_ text: String) throws -> Money { try Money(decimal: text) }

  static func payment(_ reference: String, _ amount: String, _ date: String) throws -> Event {
    let day = try #require(Authority.day(date))
    return .paymentReceived(
      PaymentReceived(
        reference: reference, amount: try money(amount),
        at: Instant(rawValue: Int64(day.rawValue) * 86_400 + 64_800), day: day, method: "card"))
  }

  private func payments() throws {
    try append(
      [
        Self.payment("BANK-1", "50.00", "2026-02-10"),
        .paymentAllocated(
          PaymentAllocated(.payment(1), to: 1, amount: Self.money("50.00"))),
      ], to: "1000000001", on: "2026-02-10", at: "2026-02-11T09:00:00Z", reason: "bank file 17")
    let total = try state("1000000002").0.invoices[0].total
    let all = PaymentAllocated(.payment(1), to: 1, amount: total)
    try append(
      [
        Self.payment("BANK-2", "200.00", "2026-02-20"), .paymentAllocated(all),
        .paymentPlanStarted(
          PaymentPlanStarted(
            day: #require(Authority.day("2026-02-20")),
            instalments: [
              Instalment(due: #require(Authority.day("2026-03-01")), amount: Self.money("1.00"))
            ], reason: "out of work")),
      ], to: "1000000002", on: "2026-02-20", at: "2026-02-21T09:00:00Z")
    try append(
      [
        .paymentAllocated(all.reversed),
        .paymentReturned(
          PaymentReturned(
            payment: 1, day: #require(Authority.day("2026-02-25")), reason: "insufficient funds",
            amount: Self.money("200.00"))),
        .paymentPlanBroken(
          PaymentPlanBroken(plan: 1, day: #require(Authority.day("2026-03-02")), reason: "0.00")),
        .paymentPlanCompleted(
          PaymentPlanCompleted(plan: 1, day: #require(Authority.day("2026-03-02")))),
      ], to: "1000000002", on: "2026-02-25", at: "2026-02-26T09:00:00Z", reason: "bank file 18")
  }

  /// What posts nothing when it is decided.
  private func matters() throws {
    let day = try #require(Authority.day("2026-03-18"))
    let at = try #require(Authority.time("2026-03-18T08:00:00Z")).instant
    try append(
      [
        .disputeOpened(
          DisputeOpened(invoice: 1, amount: Self.money("7.00"), day: day, reason: "not mine")),
        .disputeResolved(
          DisputeResolved(dispute: 1, outcome: .denied, day: day, reason: "it is")),
        .adjustmentPosted(
          AdjustmentPosted(
            amount: Self.money("4.00"), revenueClass: .miscService, invoice: 1, reason: "a visit",
            approver: "dana")),
        .creditPosted(
          CreditPosted(amount: Self.money("3.00"), invoice: 1, reason: "goodwill", approver: "dana")
        ),
        .lateFeeFailed(LateFeeFailed(invoice: 1, attempts: 3, detail: "no space left")),
        .lateFeeSkipped(LateFeeSkipped(invoice: 1, reason: .grace, days: 15, payment: 1)),
        .lateFeeAssessed(
          LateFeeAssessed(
            invoice: 1, amount: Self.money("5.00"), days: 16, open: Self.money("70.96"), rules: 1,
            at: at)),
        .notificationRequested(
          NotificationRequested(kind: .lateFee, invoice: 1, amount: Self.money("5.00"))),
        .notificationFailed(NotificationFailed(notification: 1, attempts: 1, detail: "bounced")),
        .notificationSent(NotificationSent(notification: 1, channel: "post")),
        .promotionEnrolled(
          PromotionEnrolled(promotion: "NONE", component: "none", bills: 1, from: day)),
        .promotionEnded(PromotionEnded(promotion: 1, day: day, reason: "left")),
        .taxExemptionGranted(
          TaxExemptionGranted(jurisdiction: "US-TX8", certificate: "SCHOOL-77", from: day)),
        .taxExemptionEnded(TaxExemptionEnded(exemption: 1, day: day, reason: "a mistake")),
      ], to: "1000000001", on: "2026-03-18", at: "2026-03-18T09:00:00Z", reason: "a call")
  }

  private func corrections() throws {
    let open = try state("1000000003").0.invoices[0].open
    try append(
      [
        .writeOffPosted(
          WriteOffPosted(
            invoice: 1, amount: open, fees: .zero, reason: "bankrupt", approver: "dana"))
      ], to: "1000000003", on: "2026-03-19", at: "2026-03-19T09:00:00Z", reason: "court")
    for (account, value) in [("1000000002", Int64(449)), ("1000000003", 450)] {
      let before = try state(account).0
      let reading = try #require(before.meters[0].registers[0].readings.last)
      try append(
        [
          .readingCorrected(
            ReadingCorrected(
              register: RegisterNumber(), at: reading.at, value: value, quality: .corrected,
              method: .manual, reason: "misread"))
        ], to: account, on: "2026-03-20", at: "2026-03-20T09:00:00Z", reason: "field visit")
    }
    for account in ["1000000002", "1000000003"] { try rebill(account, on: "2026-03-21") }
  }

  /// Cancels an account's first invoice and makes it again.
  func rebill(_ account: String, on date: String) throws {
    let (state, rulebook) = try state(account)
    let ledger = try book.read()
    var issued: [IssuedInvoice] = []
    try ledger.book.read { snapshot in
      try snapshot.forEach(stream: StreamID(.account, account)) { _, bytes in
        let entry = try EntryView(bytes)
        guard let day = entry.header.effectiveDay else { return .proceed }
        issued += IssuedInvoice.all(in: try entry.decodedEvents(bytes), on: Day(rawValue: day))
        return .proceed
      }
    }
    let rebilled = try Account.rebill(
      Rebill(
        try #require(issued.first), reason: .readingCorrected,
        today: #require(Authority.day(date)), rules: rulebook.rules,
        rulesVersion: rulebook.version, zone: rulebook.zone(of: state)), state)
    try append(
      rebilled.events, to: account, on: date, at: date + "T09:00:00Z", reason: "corrected reading")
  }

  private func ends() throws {
    let day = try #require(Authority.day("2026-04-01"))
    try append(
      [
        .lateFeeReversed(LateFeeReversed(invoice: 1, reason: .decided, detail: "a courtesy")),
        .accountUnmerged(AccountUnmerged(day: day, reason: "never was")),
      ], to: "1000000001", on: "2026-04-01", at: "2026-04-01T09:00:00Z")
    try append(
      [.accountMerged(AccountMerged(into: "1000000001", day: day, reason: "the same customer"))],
      to: "1000000003", on: "2026-04-01", at: "2026-04-01T09:00:00Z")
  }
}

import Billing
import CivilTime
import EventSourcing
import Money
import Tariffs
import Testing

/// Exemptions: an exempt tax stays on the bill at 0.00, with what it would be and the certificate.
@Suite struct ExemptionTests {
  typealias X = Fixture

  /// The period from 15 February, the account's first: its last day is 14 March.
  static let lastDay = "2026-03-14"

  static func grant(
    _ jurisdiction: String = "CI", tax: String = "", from: String = "2026-02-15",
    certificate: String = "SCHOOL-77"
  ) -> AccountCommand {
    .exempt(
      TaxExemptionGranted(
        jurisdiction: jurisdiction, tax: tax, certificate: certificate, from: day(from)))
  }

  static func end(_ number: UInt32 = 1, on date: String) -> AccountCommand {
    .endExemption(number, day(date), reason: "expired")
  }

  /// 1,137 kWh by 15 March, billed: 167.13 with 7.85 for the state and 2.35 for the city.
  static func billed(
    _ given: Given<Account>, rules: RulebookState = X.rulebook()
  ) throws -> Given<Account> {
    try given.after(X.readings(X.reading("2026-03-15", 1137)))
      .after(X.bill(through: "2026-03-15", rules: rules))
  }

  /// The taxes of the last entry, as `charged (exempt)`.
  static func taxes(_ given: Given<Account>) throws -> [String] {
    try #require(given.history.last).charges.filter { $0.tax != nil }.suffix(2)
      .map { "\($0.amount) (\($0.waived))" }
  }

  @Test func `the city's tax is 0.00 by certificate, and the state's as ever`() throws {
    let billed = try Self.billed(X.account().after(Self.grant()))
    let charges = try #require(billed.history.last).charges
    #expect(charges.suffix(2).map { "\($0.amount)" } == ["7.85", "0.00"])
    #expect(charges.suffix(2).map { "\($0.waived)" } == ["0.00", "2.35"])
    #expect(charges.suffix(2).map(\.waivedBy) == ["", "SCHOOL-77"])
    #expect(charges.map(\.isExempt) == charges.indices.map { $0 == charges.count - 1 })
    #expect(billed.state.invoices[0].total == money("164.78"))
    #expect(billed.state.balance == money("164.78"))
  }

  @Test(arguments: [
    (lastDay, String?.none, true), ("2026-03-15", nil, false),
    ("2026-02-15", lastDay, false), ("2026-02-15", "2026-03-15", true),
    (lastDay, lastDay, false), (lastDay, "2026-03-15", true),
  ])
  func `the period's last day decides`(from: String, until: String?, isExempt: Bool) throws {
    var given = try X.account().after(Self.grant(from: from))
    if let until { given = try given.after(Self.end(on: until)) }
    #expect(
      try Self.taxes(Self.billed(given))
        == (isExempt ? ["7.85 (0.00)", "0.00 (2.35)"] : ["7.85 (0.00)", "2.35 (0.00)"]))
  }

  @Test(arguments: [
    ("", ["0.00 (2.35)", "0.00 (1.57)"]), ("sales", ["0.00 (2.35)", "1.57 (0.00)"]),
    ("users", ["2.35 (0.00)", "0.00 (1.57)"]),
  ])
  func `of all taxes of a jurisdiction, or of one`(tax: String, expected: [String]) throws {
    var users = X.tax("CI", .city, "1")
    users.code = "users"
    let rules = X.rulebook(.taxRulePublished(TaxRulePublished(users, contentHash: X.hash(40))))
    let given = try X.account().after(Self.grant(tax: tax))
    #expect(try Self.taxes(Self.billed(given, rules: rules)) == expected)
  }

  @Test func `by the certificate of each`() throws {
    let given = try X.account().after(Self.grant("ST", certificate: "RESALE-1"))
      .after(Self.grant("CI"))
    let billed = try Self.billed(given)
    #expect(billed.state.invoices[0].total == money("156.93"))
    #expect(
      try #require(billed.history.last).charges.suffix(2).map(\.waivedBy)
        == ["RESALE-1", "SCHOOL-77"])
  }

  @Test func `an exempt bill is derived again, and written as its events are`() throws {
    let given = try X.account().after(Self.grant())
      .after(X.readings(X.reading("2026-03-15", 1137)))
    guard case .bill(let command) = X.bill(through: "2026-03-15"),
      case .issue(let bill) = Account.bill(command, given.state)
    else {
      Issue.record("there is a bill")
      return
    }
    let found = try Account.derive(
      bill.events, state: given.state, rules: X.rulebook().rules, zone: X.zone)
    #expect(found.invoice.total == money("164.78"))
    var (written, one) = (WireWriter(), WireWriter())
    bill.encode(into: &written)
    for event in bill.events { event.encodeField(into: &one) }
    #expect(written.bytes == one.bytes)
    // Against an account that is not exempt it does not come out.
    #expect(throws: DerivationProblem.self) {
      try Account.derive(
        bill.events, state: X.account().after(X.readings(X.reading("2026-03-15", 1137))).state,
        rules: X.rulebook().rules, zone: X.zone)
    }
  }

  @Test func `a grant that begins in the past, and its end in the past, are billed again`() throws {
    let late = try Self.billed(X.account()).after(Self.grant())
    #expect(late.state.balance == money("167.13"), "nothing changes by itself")
    let made = try RebillTests.rebill(late, 1, rules: X.rulebook())
    #expect(made.reason == .exemption && made.difference == money("-2.35"))
    let exempt = try RebillTests.rebilled(late, 1, rules: X.rulebook())
    #expect(try Self.taxes(exempt) == ["7.85 (0.00)", "0.00 (2.35)"])
    #expect(exempt.state.balance == money("164.78"))
    let again = try RebillTests.rebill(exempt, 2, rules: X.rulebook())
    #expect(again.events.isEmpty, "it is right")

    let ended = try exempt.after(Self.end(on: "2026-02-15"))
    let back = try RebillTests.rebilled(ended, 2, rules: X.rulebook())
    #expect(back.history.last?.invoice?.replaces == 2)
    #expect(back.state.invoices[2].total == money("167.13"))
    #expect(back.state.balance == money("167.13"))
    // The negation of an exempt line takes back what was exempt, so that sums of both are none.
    let lines = try #require(back.history.last).charges.filter { $0.tax == 1 }
    #expect(lines.map { "\($0.amount) \($0.waived)" } == ["0.00 -2.35", "2.35 0.00"])
  }

  @Test func `other reasons to bill again are named before it`() throws {
    let given = try Self.billed(X.account()).after(Self.grant()).after(
      .correctReading(
        CorrectReading(X.reading("2026-03-15", 1136), reason: "x", dailyMaximum: kWh(500))))
    let made = try RebillTests.rebill(given, 1, rules: X.rulebook())
    #expect(made.reason == .readingCorrected)
  }

  @Test func `of two accounts folded one after another, only the exempt one is exempt`() throws {
    var fold = AccountFold()
    let (exempt, other) = try (X.account().after(Self.grant()), X.account())
    for entry in exempt.history { fold.append(entry) }
    #expect(fold.state == exempt.state && fold.state.exemptions.count == 1)
    fold.begin()
    for entry in other.history { fold.append(entry) }
    #expect(fold.state == other.state && fold.state.exemptions.isEmpty)
  }

  @Test func `one bill after another in the same room: the exempt one first`() throws {
    var memory = BillMemory()
    let (exempt, other) = try (X.account().after(Self.grant()), X.account())
    guard case .bill(let command) = X.bill(through: "2026-03-15") else { return }
    let reading = X.readings(X.reading("2026-03-15", 1137))
    for (given, total) in try [
      (exempt.after(reading), "164.78"), (other.after(reading), "167.13"),
    ] {
      #expect(try Account.bill(command, given.state, &memory))
      #expect(memory.bill.invoice.total == money(total))
    }
  }
}

/// What exemptions are refused for, each by name and with what to do.
@Suite struct ExemptionRefusalTests {
  typealias X = Fixture
  typealias E = ExemptionTests

  private func refusal(
    _ command: AccountCommand, _ given: Given<Account>,
    sourceLocation: SourceLocation = #_sourceLocation
  ) -> String {
    ReceivableRefusalTests.refusal(of: command, given, sourceLocation: sourceLocation)
  }

  @Test func `a jurisdiction that is none of the account's`() throws {
    #expect(
      try refusal(E.grant("T8"), X.account())
        == "unknown-jurisdiction: 'T8' is no jurisdiction of the account; it has ST, CI; name one of "
        + "the account's jurisdictions")
    #expect(
      try refusal(E.grant("T8"), X.account(jurisdictions: []))
        == "unknown-jurisdiction: the account has no jurisdiction, so no taxes; nothing is to be "
        + "exempt")
  }

  @Test func `a day before the account was opened`() throws {
    #expect(
      try refusal(E.grant(from: "2025-12-31"), X.account())
        == "before-opening: the account was opened on 2026-01-01; check the date and the account")
    _ = try X.account().after(E.grant(from: "2026-01-01"))
  }

  @Test func `an account that is closed, though it can still end one`() throws {
    let closed = try Owing.finallyBilled().after(E.grant(from: "2026-01-09"))
      .after(.close(day("2026-02-10"), reason: "gone"))
    #expect(
      refusal(E.grant("ST"), closed)
        == "account-closed: the account was closed on 2026-02-10; open another account for the new "
        + "customer")
    #expect(try closed.after(E.end(on: "2026-02-01")).state.exemptions[0].ended != nil)
  }

  @Test(arguments: ["", "  ", "a\nb", String(repeating: "x", count: 201)])
  func `a certificate that is none`(_ text: String) throws {
    let said = try refusal(E.grant(certificate: text), X.account())
    #expect(said.hasPrefix("invalid: certificate ") && said.hasSuffix("; correct the request"))
  }

  @Test func `what another exemption covers`() throws {
    let given = try X.account().after(E.grant(from: "2026-03-01"))
    given.when(E.grant(from: "2026-03-01")).thenNothing()
    let expected =
      "exempt: exemption 1, certificate SCHOOL-77, covers that from 2026-03-01 on; end exemption 1 "
      + "first, with --end 1"
    #expect(refusal(E.grant(from: "2026-02-15"), given) == expected)
    #expect(refusal(E.grant(from: "2026-04-15"), given) == expected)
    #expect(refusal(E.grant(from: "2026-03-01", certificate: "OTHER"), given) == expected)
    #expect(refusal(E.grant(tax: "sales", from: "2026-03-01"), given) == expected)
    _ = try given.after(E.grant("ST", from: "2026-03-01"))
    let ended = try given.after(E.end(on: "2026-05-01"))
    #expect(
      refusal(E.grant(from: "2026-04-30"), ended)
        == "exempt: exemption 1, certificate SCHOOL-77, covers that from 2026-03-01 until "
        + "2026-05-01; begin where exemption 1 ends")
    #expect(try ended.after(E.grant(from: "2026-05-01")).state.exemptions.count == 2)
  }

  @Test func `two taxes of a jurisdiction are two exemptions`() throws {
    let given = try X.account().after(E.grant(tax: "sales")).after(E.grant(tax: "users"))
    #expect(given.state.exemptions.count == 2)
    #expect(refusal(E.grant(), given).hasPrefix("exempt: exemption 1"))
  }

  @Test func `an end of what is not there, or ended, or not begun`() throws {
    #expect(
      try refusal(E.end(on: "2026-03-01"), X.account())
        == "unknown-exemption: the account has no exemption 1; it has none; see `meterbook balance` "
        + "for the account's exemptions")
    let given = try X.account().after(E.grant())
    #expect(
      refusal(E.end(2, on: "2026-03-01"), given)
        == "unknown-exemption: the account has no exemption 2; it has only 1; see `meterbook "
        + "balance` for the account's exemptions")
    #expect(refusal(E.end(0, on: "2026-03-01"), given).hasPrefix("unknown-exemption: "))
    #expect(
      refusal(E.end(on: "2026-02-14"), given)
        == "ends-before-start: the exemption begins on 2026-02-15; end it on that day or later; on "
        + "that day itself, it was never granted")
    let ended = try given.after(E.end(on: "2026-03-01"))
    ended.when(E.end(on: "2026-03-01")).thenNothing()
    #expect(
      refusal(E.end(on: "2026-03-02"), ended)
        == "exemption-ended: exemption 1 ended on 2026-03-01; an exemption ends once; grant another"
    )
  }

  @Test func `one that ended on its first day covers nothing, and can be granted again`() throws {
    let given = try X.account().after(E.grant()).after(E.end(on: "2026-02-15")).after(E.grant())
    #expect(given.state.exemptions.map(\.ended) == [day("2026-02-15"), nil])
  }
}

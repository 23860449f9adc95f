import CivilTime
import Money
import Testing

@testable import Interchange

private let header = "account,amount,received,reference,currency,invoice,method"

/// What a file of these rows says, a row or an error each.
private func read(_ rows: String..., header: String = header) throws -> [String] {
  try items(PaymentRow.self, ([header] + rows).joined(separator: "\n")).map { item in
    switch item {
    case .row(let row, let line):
      "\(line) \(row.account) \(row.amount) \(row.received) \(row.reference) "
        + "\(row.invoice.map { "\($0)" } ?? "-") \(row.method ?? "-")"
    case .error(let error): error.description
    }
  }
}

@Suite struct `Payment rows` {
  @Test func `are read with what they leave out`() throws {
    #expect(
      try read(
        "1000000001,120.96,2026-03-16,P-1,USD,1000000001-0007,lockbox",
        "1000000001,20,2026-03-16T10:00,P-2,,,", "A-1,.01,2026-03-16T10:00:00-06:00,P-3,,A-1-0001,",
        "A,1000000000.00,2026-03-16T10:00Z,P-4,USD,A-12345,web", "A,5.500,2026-03-16,P-5,,,") == [
          "2 1000000001 120.96 2026-03-16 P-1 7 lockbox",
          "3 1000000001 20.00 2026-03-16T10:00:00 P-2 - -",
          "4 A-1 0.01 2026-03-16T16:00:00Z P-3 1 -",
          "5 A 1000000000.00 2026-03-16T10:00:00Z P-4 12345 web", "6 A 5.50 2026-03-16 P-5 - -",
        ])
    #expect(
      try read("A,1,2026-03-16,P", header: "account,amount,received,reference") == [
        "2 A 1.00 2026-03-16 P - -"
      ])
  }

  @Test func `of a date alone are of local noon`() throws {
    let chicago = ZoneRules(fixedOffset: -6 * 3600, name: "X")
    let date = Receipt.day(Day(iso: "2026-03-16")!)
    #expect(date.instant(in: chicago).description == "2026-03-16T18:00:00Z")
    #expect(date.day(in: chicago).description == "2026-03-16")
    // A day whose clocks go forward at two: noon is eleven hours after midnight.
    let forward = ZoneRules(
      name: "Y", initialOffset: -6 * 3600,
      transitions: [.init(instant: Instant(iso: "2026-03-08T08:00Z")!, offset: -5 * 3600)])
    #expect(
      Receipt.day(Day(iso: "2026-03-08")!).instant(in: forward).description
        == "2026-03-08T17:00:00Z")
  }

  @Test func `of a time keep it, by the clocks of the account or by its offset`() throws {
    let chicago = ZoneRules(fixedOffset: -6 * 3600, name: "X")
    let local = Receipt.time(.local(LocalTime(iso: "2026-03-16T23:30")!))
    #expect(local.instant(in: chicago).description == "2026-03-17T05:30:00Z")
    #expect(local.day(in: chicago).description == "2026-03-16")
    let instant = Receipt.time(.instant(Instant(iso: "2026-03-17T05:30Z")!))
    #expect(instant.instant(in: chicago).description == "2026-03-17T05:30:00Z")
    #expect(instant.day(in: chicago).description == "2026-03-16")
    #expect(
      try read("A,1,2026-03-16T00:00,P,,,") == ["2 A 1.00 2026-03-16T00:00:00 P - -"],
      "midnight said is midnight, not noon")
  }

  @Test(arguments: [
    (0, "", "account: the value is missing; it is required"),
    (0, "A 1", "account: \"A 1\" is not an identifier; use 1 to 64 printable ASCII"),
    (1, "", "amount: the value is missing; it is required"),
    (
      1, "0.00",
      "amount: \"0.00\" is not above zero; a payment that came back is returned, not paid"
    ),
    (1, "-20", "amount: \"-20\" is not above zero; a payment that came back is returned, not paid"),
    (
      1, "5.005",
      "amount: \"5.005\" does not fit; give at most 18 digits, 2 of them after the point"
    ),
    (1, "$5", "amount: \"$5\" is not a decimal; write digits"),
    (1, "1e2", "amount: \"1e2\" is not a decimal"),
    (1, "1000000000.01", "amount: \"1000000000.01\" is more than 1000000000.00; check the amount"),
    (
      1, "999999999999999999", "amount: \"999999999999999999\" does not fit; give at most 18 digits"
    ),
    (2, "", "received: the value is missing; it is required"),
    (2, "2026-02-29", "received: \"2026-02-29\" is not a time; write 2026-03-01, 2026-03-01T07:30"),
    (2, "16.03.2026", "received: \"16.03.2026\" is not a time"),
    (3, "", "reference: the value is missing; it is required"),
    (3, "P 1", "reference: \"P 1\" is not an identifier"),
    (
      4, "EUR",
      "currency: \"EUR\" is not the book's currency; amounts are in USD, or the field empty"
    ),
    (4, "usd", "currency: \"usd\" is not the book's currency"),
    (5, "A", "invoice: \"A\" is not an invoice's number; write it as 1000000001-0007"),
    (5, "A-7", "invoice: \"A-7\" is not an invoice's number"),
    (5, "A-00007", "invoice: \"A-00007\" is not an invoice's number"),
    (5, "A-0000", "invoice: \"A-0000\" is not an invoice's number"),
    (5, "A-+001", "invoice: \"A-+001\" is not an invoice's number"),
    (5, "A-9999999999", "invoice: \"A-9999999999\" is not an invoice's number"),
    (5, "-0001", "invoice: \"-0001\" is not an invoice's number"),
    (
      5, "B-0007",
      "invoice: \"B-0007\" is of another account; give an invoice of this one, or leave it empty"
    ),
    (6, "by hand", "method: \"by hand\" is not an identifier"),
  ])
  func `say what is wrong and where`(column: Int, value: String, expected: String) throws {
    var fields = ["A", "1", "2026-03-16", "P", "USD", "A-0001", "web"]
    fields[column] = value
    let found = try read("A,1,2026-03-16,P,,,", fields.joined(separator: ","))
    #expect(found.count == 2)
    #expect(found[1].hasPrefix("line 3, column " + expected), "\(found)")
  }

  @Test func `have a name for each reason, for good`() {
    #expect(
      [RowError.Reason.notPositive(""), .tooMuch(""), .otherCurrency(""), .notInvoice("")]
        .map(\.code) == ["not-positive", "too-much", "other-currency", "not-invoice"])
    #expect(RowError.Reason.otherAccount("").code == "other-account")
  }

  @Test func `need a reference in the file`() {
    #expect(
      throws: FileRefusal.missingColumn("reference", found: ["account", "amount", "received"])
    ) { _ = try CSVReader<PaymentRow>(ByteSource(Array("account,amount,received\n".utf8))) }
  }
}

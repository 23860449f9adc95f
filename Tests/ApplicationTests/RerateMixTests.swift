import Foundation
import Testing

@testable import Application

/// Rating the past again goes from account to account in the room of the one before: what one has in
/// common with the last must never be taken for what it has not.
@Suite struct RerateMixTests {
  /// Six homes that differ from their neighbours in class, zone, jurisdictions and the day they came,
  /// billed for three months.
  private static func book() throws -> TestBook {
    let book = try TestBook(begins: "2026-01-01")
    let terms = [
      "residential,America/Chicago,US-ST;US-ST-CITY,1", "commercial,America/Denver,US-ST,1",
      "residential,America/Chicago,US-ST,1", "residential,America/Denver,US-ST;US-ST-CITY,3",
      "industrial,America/Chicago,US-TX8,1", "residential,America/Chicago,US-ST;US-ST-CITY,1",
    ]
    try book.accounts(
      terms.enumerated().map {
        "100000000\($0.offset),\($0.element),21,SP-\($0.offset),R1,2026-01-01"
      })
    try book.meters(
      terms.indices.map { "M\($0),100000000\($0),1,kWh,6,,,2026-01-01,0" })
    for (month, day) in ["2026-02-01", "2026-03-01", "2026-04-01"].enumerated() {
      try book.readings(
        terms.indices.map {
          "M\($0),,\($0 == 3 ? day.dropLast(2) + "03" : day),\((month + 1) * (400 + 350 * $0))"
        },
        day.dropLast(2) + "04T12:00:00Z")
      try book.bill(String(day.dropLast(2) + "03"), at: day.dropLast(2) + "04T13:00:00Z")
    }
    return book
  }

  private static func rerate(_ book: TestBook, _ accounts: [String] = []) throws -> RerateReport {
    let file = try book.file("cheaper.yaml", [RerateTests.cheaper])
    return try book.read().rerate(
      RerateRequest(
        rules: [file], from: #require(Authority.day("2026-01-01")),
        through: #require(Authority.day("2026-12-31")), accounts: accounts, posting: .nothing),
      progress: { _ in })
  }

  @Test func `accounts rated together move by what each moves by alone`() throws {
    let book = try Self.book()
    let together = try Self.rerate(book)
    #expect(together.invoices == 18)
    #expect(together.isSatisfied)
    var alone: [String: [String: [Decimal]]] = [:]
    for number in 0..<6 {
      let report = try Self.rerate(book, ["100000000\(number)"])
      #expect(report.invoices == 3)
      for (dimension, rows) in report.by {
        for row in rows {
          let sums = try [row.was, row.now, row.difference].map {
            try #require(Decimal(string: $0))
          }
          let before = alone[dimension]?[row.key] ?? [0, 0, 0]
          alone[dimension, default: [:]][row.key] = zip(before, sums).map { $0 + $1 }
        }
      }
    }
    for (dimension, rows) in together.by {
      #expect(Set(rows.map(\.key)) == Set(alone[dimension, default: [:]].keys))
      for row in rows {
        let sums = try [row.was, row.now, row.difference].map { try #require(Decimal(string: $0)) }
        #expect(alone[dimension]?[row.key] == sums, "\(dimension) \(row.key)")
      }
    }
    #expect(together.by["jurisdiction"]?.count == 3)
    #expect(together.by["customer_class"]?.count == 3)
  }

}

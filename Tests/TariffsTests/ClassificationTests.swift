import Money
import Tariffs
import Testing

@Suite struct `A classification` {
  typealias X = Example

  private static let own = Classification(
    name: "own", version: 1, effectiveFrom: X.day("2020-01-01"),
    lines: [
      .init(ledger: "400"),
      .init(customerClass: .residential, ledger: "440"),
      .init(revenueClass: .fixed, ledger: "450"),
      .init(revenueClass: .fixed, customerClass: .residential, ledger: "451"),
      .init(code: "FIXED_CHARGE", ledger: "500"),
      .init(code: "FIXED_CHARGE", customerClass: .residential, ledger: "501"),
      .init(code: "FIXED_CHARGE", revenueClass: .minimum, ledger: "510"),
      .init(code: "service", ledger: "600"),
      .init(code: "service", customerClass: .industrial, ledger: "601"),
      .init(code: "US-ST/sales", ledger: "700"),
    ])

  @Test(arguments: [
    ("energy", LineType.energyCharge, RevenueClass.variableEnergy, CustomerClass.industrial, "400"),
    ("energy", .energyCharge, .variableEnergy, .residential, "440"),
    ("energy", .energyCharge, .fixed, .industrial, "450"),
    ("energy", .energyCharge, .fixed, .residential, "451"),
    ("basic", .fixedCharge, .fixed, .industrial, "500"),
    ("basic", .fixedCharge, .fixed, .residential, "501"),
    ("basic", .fixedCharge, .minimum, .residential, "510"),
    ("service", .fixedCharge, .minimum, .residential, "600"),
    ("service", .fixedCharge, .fixed, .industrial, "601"),
    ("US-ST/sales", .tax, .passThrough, .residential, "700"),
  ])
  func `takes the most specific line: code, type, revenue class, customer class`(
    code: String, type: LineType, revenue: RevenueClass, customer: CustomerClass, ledger: String
  ) {
    #expect(
      Self.own.account(
        code: code, lineType: type, revenueClass: revenue, customerClass: customer) == ledger)
    var turned = Self.own
    turned.lines.reverse()
    #expect(
      turned.account(code: code, lineType: type, revenueClass: revenue, customerClass: customer)
        == ledger)
  }

  @Test func `keeps what is collected for others apart unless a line names it`() {
    func account(_ classification: Classification, _ code: String, _ type: LineType) -> String {
      classification.account(
        code: code, lineType: type, revenueClass: .passThrough, customerClass: .residential)
    }
    var own = Self.own
    own.control.taxes = "242"
    #expect(account(own, "US-ST-CITY/sales", .tax) == "242")
    #expect(account(own, "franchise", .rider) == "242")
    #expect(account(own, "franchise", .fixedCharge) == "501")
    own.lines.append(.init(revenueClass: .passThrough, ledger: "243"))
    #expect(account(own, "US-ST-CITY/sales", .tax) == "243")
    #expect(account(own, "US-ST/sales", .tax) == "700")
  }

  @Test func `falls back to the standard for what it does not cover`() {
    let empty = Classification(
      name: "empty", version: 1, effectiveFrom: X.day("2020-01-01"), lines: [])
    #expect(
      empty.account(
        code: "energy", lineType: .energyCharge, revenueClass: .variableEnergy,
        customerClass: .streetLighting) == "444")
  }

  @Test(arguments: [
    (CustomerClass.residential, "440"), (.commercial, "442"), (.industrial, "442"),
    (.streetLighting, "444"), (.publicAuthority, "445"),
  ])
  func `of the standard has the FERC's accounts`(customer: CustomerClass, sales: String) {
    func account(_ revenue: RevenueClass, _ type: LineType = .adjustment) -> String {
      Classification.standard.account(
        code: "", lineType: type, revenueClass: revenue, customerClass: customer)
    }
    for revenue in RevenueClass.allCases {
      switch revenue {
      case .lateFee: #expect(account(revenue) == "450")
      case .miscService: #expect(account(revenue) == "451")
      case .passThrough: #expect(account(revenue, .tax) == "241")
      default: #expect(account(revenue) == sales, "\(revenue.name)")
      }
    }
    #expect(account(.lateFee, .credit) == "450")
  }

  @Test func `of the standard has the FERC's other accounts and lacks nothing`() {
    let control = Classification.standard.control
    #expect(
      [control.cash, control.receivables, control.credits, control.uncollectible, control.taxes]
        == ["131", "142", "253", "904", "241"])
    #expect(control.accrued == "173")
    #expect(Classification.standard.problems.map(\.field) == ["version"])
  }

  @Test func `that makes no sense is named field by field`() {
    var wrong = Self.own
    #expect(wrong.problems == [])
    wrong.name = ""
    wrong.version = 0
    wrong.control.cash = ""
    wrong.control.accrued = ""
    wrong.lines += [
      .init(code: "", ledger: "1"), .init(code: "x", ledger: ""),
      .init(code: "service", customerClass: .industrial, ledger: "602"),
    ]
    #expect(
      wrong.problems.map(\.field) == [
        "classification", "version", "control.cash", "control.accrued", "lines[10].code",
        "lines[11].ledger", "lines[12]",
      ])
    #expect(wrong.problems.last?.message.hasPrefix("is for the same lines as lines[8];") ?? false)
    wrong = Self.own
    wrong.lines += (0..<Classification.maximumCount).map { .init(code: "c\($0)", ledger: "1") }
    #expect(wrong.problems.map(\.field) == ["lines"])
  }

  @Test func `that leaves a class of revenue or customers out is refused`() {
    var lacking = Self.own
    lacking.lines.removeFirst()
    #expect(
      lacking.problems.map(\.message) == [
        "do not say where VARIABLE_ENERGY of commercial (and 27 others) rests; add a line without code "
          + "for its revenue_class, its class or both"
      ])
    for customer in CustomerClass.allCases where customer != .industrial {
      lacking.lines.append(.init(customerClass: customer, ledger: "442"))
    }
    for revenue in RevenueClass.allCases where ![.passThrough, .credit].contains(revenue) {
      lacking.lines.append(
        .init(revenueClass: revenue, customerClass: .industrial, ledger: "442"))
    }
    lacking.lines.remove(
      at: lacking.lines.firstIndex(of: .init(revenueClass: .fixed, ledger: "450"))!)
    #expect(lacking.problems.contains { $0.message.contains("where CREDIT of industrial rests") })
    lacking.lines.append(.init(revenueClass: .credit, ledger: "442"))
    #expect(!lacking.problems.contains { $0.field == "lines" })
  }
}

import Documents
import Money

/// A quarter of a utility that does not exist: two jurisdictions, three classes, nine revenue
/// classes, cancellations, and a bridge from what was filed.
enum SampleReport {
  static let quarter: ReportDocument = {
    var report = ReportDocument(
      title: "Quarterly revenue", subtitle: "2025 Q4, as posted",
      facts: [
        .init("issuer", "Utility", "Sample Valley Power & Light (fictive)"),
        .init("period", "Period", "2025-10-01 to 2025-12-31, 92 days"),
        .init("view", "View", "as posted"),
        .init("ledger_position", "Ledger position", "1,204,511"),
        .init("projection", "Projection", "revenue@3"),
        .init("root", "Checkpoint root", hash(7), isCode: true),
        .init("digest", "Projection digest", hash(11), isCode: true),
      ],
      sections: [revenue, classes, bridge],
      notes: [
        "Earned is net billed less unbilled at open plus unbilled at close. Taxes and fees passed "
          + "through are never earned."
      ])
    report.facts.append(.init("content_hash", "Hash of the filing", hash(13), isCode: true))
    return report
  }()

  /// 64 digits that look like a digest.
  private static func hash(_ seed: UInt64) -> String {
    var state = seed
    return String(
      (0..<64).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Array("0123456789abcdef")[Int(state >> 60)]
      })
  }

  static let revenueClasses = [
    "VARIABLE_ENERGY", "VARIABLE_DEMAND", "VARIABLE_RIDER", "FIXED", "MINIMUM", "LATE_FEE",
    "MISC_SERVICE", "CREDIT", "PASS_THROUGH",
  ]
  private static let customers = [
    (name: "residential", account: "440", plan: "R1", scale: Int64(31)),
    (name: "small commercial", account: "442", plan: "C2", scale: Int64(12)),
    (name: "street lighting", account: "444", plan: "L1", scale: Int64(2)),
  ]

  /// Billed amounts and quantities by jurisdiction and class.
  static let revenue: ReportDocument.Section = {
    var section = ReportDocument.Section(
      "revenue", title: "Revenue by jurisdiction, class and revenue class",
      columns: [
        .init("jurisdiction", "Jurisdiction", .text),
        .init("class", "Customer class", .text),
        .init("revenue_class", "Revenue class", .text),
        .init("ledger_account", "Ledger account", .text),
        .init("plan", "Rate plan", .text),
        .init("gross_billed", "Gross billed", .money, isSummed: true),
        .init("cancelled", "Cancelled", .money, isSummed: true),
        .init("rebilled", "Rebilled", .money, isSummed: true),
        .init("net_billed", "Net billed", .money, isSummed: true),
        .init("unbilled_open", "Unbilled at open", .money, isSummed: true),
        .init("unbilled_close", "Unbilled at close", .money, isSummed: true),
        .init("earned", "Earned", .money, isSummed: true),
        .init("kwh_billed", "kWh billed", .energy, isSummed: true),
        .init("kw_billed", "kW billed", .power, isSummed: true),
        .init("bills", "Bills", .count, isSummed: true),
        .init(
          "revenue_per_kwh", "Revenue per kWh", decimals: 5,
          .init("net_billed", by: "kwh_billed")),
      ], groupedBy: 2)
    for (place, jurisdiction) in ["Eastmoor", "Westmoor <city>"].enumerated() {
      for customer in customers {
        for (index, name) in revenueClasses.enumerated() {
          if let cells = cells(Int64(place), customer, Int64(index), name, jurisdiction) {
            section.add(cells)
          }
        }
      }
    }
    let net = section.rows.reduce(into: Int64(0)) { sum, row in
      if case .money(let money) = row[8] { sum += money.cents }
    }
    section.controls = [
      .init(
        "Net billed", left: .init("All revenue classes", .money(Money(cents: net))),
        right: .init("Sum of invoice lines", .money(Money(cents: net)))),
      .init(
        "Net billed", left: .init("All revenue classes", .money(Money(cents: net))),
        right: .init("General ledger", .money(Money(cents: net)))),
    ]
    section.notes = ["A cancellation is counted in the quarter in which it was posted."]
    return section
  }()

  private static func cells(
    _ place: Int64, _ customer: (name: String, account: String, plan: String, scale: Int64),
    _ index: Int64, _ name: String, _ jurisdiction: String
  ) -> [ReportDocument.Cell]? {
    let weights: [Int64] = [
      41_733_19, 9_120_44, -1_204_07, 12_450_00, 310_25, 95_00, 120_00, -410_33, 5_871_62,
    ]
    if customer.account == "440", index == 1 { return nil }
    if customer.account == "444", ![0, 3, 8].contains(index) { return nil }
    let gross = weights[Int(index)] * customer.scale * (3 - place) + 17 * index
    let cancelled = index == 6 ? 0 : -gross / 83
    let rebilled = index == 6 ? 0 : gross / 91
    let unbilled = index < 5 ? gross / 6 : 0
    let net = gross + cancelled + rebilled
    let wattHours: Int64? = index == 0 ? gross * 93 - 3 * customer.scale : nil
    func money(_ cents: Int64) -> ReportDocument.Cell { .money(Money(cents: cents)) }
    return [
      .text(jurisdiction), .text(customer.name), .text(name),
      .text(name == "LATE_FEE" ? "450" : name == "PASS_THROUGH" ? "241" : customer.account),
      .text(customer.plan), money(gross), money(cancelled), money(rebilled), money(net),
      money(unbilled), money(unbilled + unbilled / 40),
      name == "PASS_THROUGH" ? .empty : money(net + unbilled / 40),
      wattHours.map { .energy(wattHours: $0 / 1000 * 1000 + (place == 0 ? 500 : 0)) } ?? .empty,
      index == 1 ? .power(watts: gross * 7 / 1000 * 1000) : .empty,
      index == 3 ? .count(customer.scale * 130 * (3 - place)) : .empty, .empty,
    ]
  }

  /// Fixed and variable by class, drawn.
  static let classes: ReportDocument.Section = {
    var section = ReportDocument.Section(
      "fixed_variable", title: "Fixed and variable revenue",
      columns: [
        .init("class", "Customer class", .text),
        .init("variable", "Variable", .money, isSummed: true),
        .init("fixed", "Fixed", .money, isSummed: true),
        .init("neither", "Neither", .money, isSummed: true),
        .init("customers", "Average customers", .ratio(decimals: 1)),
      ])
    let amounts = customers.map { customer in
      [0..<3, 3..<5, 5..<9].map { (range: Range<Int>) -> Money in
        let names = range.map { revenueClasses[$0] }
        return revenue.rows.filter {
          $0[1] == .text(customer.name) && names.map { .text($0) }.contains($0[2])
        }.map { if case .money(let money) = $0[8] { money } else { .zero } }.sum()
      }
    }
    for (customer, sums) in zip(customers, amounts) {
      section.add(
        [.text(customer.name)] + sums.map { .money($0) }
          + [.ratio(customer.scale * 2_167 + 4, decimals: 1)])
    }
    section.charts = [
      .stackedBars(
        title: "Net billed by class", summary: "Residential customers bring most of the revenue.",
        categories: customers.map(\.name),
        series: ["Variable", "Fixed", "Neither"].enumerated().map { index, name in
          .init(name, amounts.map { $0[index] })
        }),
      .groupedBars(
        title: "Net billed, this quarter and the one before",
        categories: ["Variable", "Fixed", "Credits"],
        series: [
          .init(
            "2025 Q3",
            [Money(cents: 2_100_412_33), Money(cents: 940_050_20), Money(cents: -61_004_12)]),
          .init(
            "2025 Q4",
            [Money(cents: 2_390_001_99), Money(cents: 951_410_00), Money(cents: -44_310_77)]),
        ]),
    ]
    return section
  }()

  static let causes: [(label: String, amount: Money)] = [
    ("Cancelled and rebilled after a corrected reading", Money(cents: -18_310_26)),
    ("Late payments", .zero),
    ("Reclassified: infrastructure fee to pass-through", Money(cents: -9_412_50)),
    ("Late fees reversed", Money(cents: -385_00)),
    ("Adjustments", Money(cents: 14_020_75)),
  ]

  /// From as filed to as known now.
  static let bridge: ReportDocument.Section = {
    var section = ReportDocument.Section(
      "bridge", title: "From as filed to as known now",
      columns: [
        .init("cause", "Cause", .text),
        .init("entries", "Entries", .count, isSummed: true),
        .init("amount", "Change of earned", .money, isSummed: true),
      ])
    for (index, cause) in causes.enumerated() {
      section.add([.text(cause.label), .count(Int64(index * 7)), .money(cause.amount)])
    }
    section.charts = [
      .waterfall(
        title: "Earned, as filed and as known now",
        summary: "Corrected readings and a reclassification lower what was filed.",
        opening: ("As filed", Money(cents: 2_931_402_18)), steps: causes,
        closing: "As known now")
    ]
    section.controls = [
      .init(
        "Entries behind the bridge", left: .init("By cause", .count(70)),
        right: .init("In the book", .count(71)))
    ]
    return section
  }()
}

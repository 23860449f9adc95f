import Billing
import CivilTime
import Documents
import EventSourcing
import Money
import Revenue
import Tariffs

/// Makes the document of a bridge.
struct BridgeDocument {
  let quarter: Quarter
  let sealed: FilingSealed
  /// 0 for the first filing, else the restatement.
  let number: Int
  let asFiled: RevenueMade
  let now: RevenueMade
  let live: ProjectionIdentity
  let size: UInt64
  let steps: BridgeSteps
  let limit: Int

  func document() -> ReportDocument {
    ReportDocument(
      title: "Bridge of a filing", subtitle: "\(quarter), as filed to as known now",
      facts: [
        .init("quarter", "Quarter", quarter.description, isRepeated: true),
        .init("filed", "Filed", number == 0 ? "first" : "restatement \(number)"),
        .init("filed_view", "As filed", sealed.view.title),
        .init("filed_position", "Filed after", "\(sealed.size) entries"),
        .init("filed_projection", "Filed by", sealed.projection),
        .init("filed_sha256", "SHA-256 as filed", sealed.hash.hex, isCode: true),
        .init("ledger_position", "Known now", "\(size) entries"),
        .init("projection", "By", live.description),
        .init("projection_digest", "Projection digest", now.digest.hex, isCode: true),
      ],
      sections: [bridge, classes, earned, corrections],
      notes: [
        "As known now is restated: a cancellation, and the bill in its place, are in the quarter the "
          + "bill was first issued in. The filing stays as it is; `file restate` files what is known "
          + "now."
      ])
  }

  private typealias Sums = [RevenueClass: Int64]

  private func sums(_ made: RevenueMade) -> Sums {
    made.cells.reduce(into: [:]) { sums, line in
      if let revenueClass = line.key.revenueClass {
        sums[revenueClass, default: 0] += line.value.billed.net
      }
    }
  }

  private func cells(_ sums: Sums) -> [ReportDocument.Cell] {
    let parts = RevenuePart.allCases.map { part in
      sums.reduce(0) { RevenuePart($1.key) == part ? $0 + $1.value : $0 }
    }
    return (parts + [parts.reduce(0, +)]).map { .money(Money(cents: $0)) }
  }

  /// As filed, what each cause moves, as known now.
  private var bridge: ReportDocument.Section {
    var section = ReportDocument.Section(
      "bridge", title: "Net billed, by cause",
      columns: [.init("step", "Step", .text), .init("cause", "Cause", .text)]
        + RevenuePart.allCases.map { .init($0.rawValue.lowercased(), $0.rawValue, .money) }
        + [.init("net_billed", "Net billed", .money)], hasTotal: false)
    let (before, after) = (sums(asFiled), sums(now))
    section.add([.text("As filed"), .text("")] + cells(before))
    var reached = before
    var drawn: [(label: String, amount: Money)] = []
    for cause in BridgeCause.all {
      guard let moved = steps.moved[cause], moved.values.contains(where: { $0 != 0 }) else {
        continue
      }
      section.add([.text(cause.title), .text(cause.name)] + cells(moved))
      drawn.append((cause.title, Money(cents: moved.values.reduce(0, +))))
      reached.merge(moved, uniquingKeysWith: +)
    }
    section.add([.text("As known now"), .text("")] + cells(after))
    for (index, part) in RevenuePart.allCases.enumerated() {
      section.controls.append(
        ReportDocument.Control(
          part.rawValue, left: .init("As filed, and every step", cells(reached)[index]),
          right: .init("As known now", cells(after)[index])))
    }
    if !drawn.isEmpty {
      section.charts = [
        .waterfall(
          title: "From as filed to as known now",
          opening: ("As filed", Money(cents: before.values.reduce(0, +))), steps: drawn,
          closing: "As known now")
      ]
    }
    return section
  }

  /// The same class by class.
  private var classes: ReportDocument.Section {
    let causes = BridgeCause.all.filter { steps.moved[$0]?.isEmpty == false }
    var section = ReportDocument.Section(
      "classes", title: "Net billed, by class",
      columns: [
        .init("revenue_class", "Revenue class", .text),
        .init("as_filed", "As filed", .money, isSummed: true),
      ] + causes.map { .init($0.name, $0.title, .money, isSummed: true) } + [
        .init("as_known_now", "As known now", .money, isSummed: true),
        .init("difference", "Difference", .money, isSummed: true),
      ])
    let (before, after) = (sums(asFiled), sums(now))
    for revenueClass in RevenueClass.allCases {
      let amounts =
        [before[revenueClass] ?? 0] + causes.map { steps.moved[$0]?[revenueClass] ?? 0 }
        + [
          after[revenueClass] ?? 0, (after[revenueClass] ?? 0) - (before[revenueClass] ?? 0),
        ]
      guard amounts.contains(where: { $0 != 0 }) else { continue }
      section.add([.text(revenueClass.name)] + amounts.map { .money(Money(cents: $0)) })
    }
    return section
  }

  /// What was unbilled and earned, as filed and as known now.
  private var earned: ReportDocument.Section {
    var section = ReportDocument.Section(
      "earned", title: "Earned",
      columns: [
        .init("known", "Known", .text), .init("net_billed", "Net billed, earned classes", .money),
        .init("unbilled_at_open", "Unbilled at open", .money),
        .init("unbilled_at_close", "Unbilled at close", .money), .init("earned", "Earned", .money),
      ], hasTotal: false)
    for (name, made) in [("As filed", asFiled), ("As known now", now)] {
      let own = made.cells.filter { $0.key.revenueClass != .passThrough }
      func sum(_ amount: (RevenueLine) -> Int64) -> ReportDocument.Cell {
        .money(Money(cents: own.values.reduce(0) { $0 + amount($1) }))
      }
      section.add([
        .text(name), sum { $0.billed.net }, sum { $0.open }, sum { $0.close },
        sum { $0.billed.net - $0.open + $0.close },
      ])
    }
    return section
  }

  /// The corrections that move most.
  private var corrections: ReportDocument.Section {
    var section = ReportDocument.Section(
      "corrections", title: "Corrections, the greatest first",
      columns: [
        .init("account", "Account", .text), .init("cancelled", "Cancelled", .text),
        .init("replacement", "In its place", .text), .init("posted", "Posted", .text),
        .init("cause", "Cause", .text), .init("entry", "Entry", .text),
        .init("moved", "Moves", .money, isSummed: limit == 0),
      ], hasTotal: limit == 0)
    let sorted = steps.corrections.sorted {
      ($1.moved.magnitude, $0.position) < ($0.moved.magnitude, $1.position)
    }
    for each in limit == 0 ? sorted[...] : sorted.prefix(limit) {
      section.add([
        .text(each.account), .text(each.cancelled), .text(each.replacement),
        .text(each.posted.description), .text(each.reason.name),
        .text("\(each.position.rawValue)"), .money(Money(cents: each.moved)),
      ])
    }
    if limit > 0, sorted.count > limit {
      section.notes = ["\(sorted.count - limit) more: --limit 0 lists all."]
    }
    return section
  }
}

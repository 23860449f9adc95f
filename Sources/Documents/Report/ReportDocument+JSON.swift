import Money

extension ReportDocument: Encodable {
  /// The report for a program, with its sums: amounts, kWh, kW and ratios as decimal strings,
  /// counts as numbers, nothing as `null`. Without a closing line break.
  public var json: String { tree.text }

  /// As `json`.
  public func encode(to encoder: any Encoder) throws { try tree.encode(to: encoder) }

  private var tree: JSONText {
    .object([
      "title": .string(title), "subtitle": .string(subtitle),
      "currency": .string(Money.currency),
      "facts": .object(
        Dictionary(facts.map { ($0.name, .string($0.value)) }) { first, _ in first }),
      "sections": .array(sections.map(\.tree)),
      "agrees": .bool(agrees),
      "notes": .array(notes.map { .string($0) }),
    ])
  }
}

extension ReportDocument.Section {
  fileprivate var tree: JSONText {
    var subtotals: [JSONText] = []
    var total = JSONText.null
    for line in lines {
      switch line.kind {
      case .group, .row: continue
      case .total: total = sums(line.cells)
      case .subtotal(let level):
        subtotals.append(
          .object([
            "group": object(0...level, rows[line.rows.lowerBound]), "sums": sums(line.cells),
          ]))
      }
    }
    return .object([
      "name": .string(name), "title": .string(title),
      "columns": .array(columns.map(\.tree)),
      "rows": .array(rows.map { object(columns.indices, $0) }),
      "subtotals": .array(subtotals), "total": total,
      "controls": .array(controls.map(\.tree)), "charts": .array(charts.map(\.tree)),
      "notes": .array(notes.map { .string($0) }),
    ])
  }

  private func sums(_ cells: [ReportDocument.Cell]) -> JSONText {
    object(columns.indices.filter { columns[$0].isSummed || columns[$0].quotient != nil }, cells)
  }

  private func object(_ indices: some Sequence<Int>, _ cells: [ReportDocument.Cell]) -> JSONText {
    .object(
      Dictionary(uniqueKeysWithValues: indices.map { (columns[$0].name, cells[$0].tree) }))
  }
}

extension ReportDocument.Column {
  fileprivate var tree: JSONText {
    .object([
      "name": .string(name), "title": .string(title), "kind": .string(kind.name),
      "summed": .bool(isSummed),
    ])
  }
}

extension ReportDocument.Cell {
  fileprivate var tree: JSONText {
    switch self {
    case .empty: .null
    case .count(let number): .number(number)
    case .text, .money, .energy, .power, .ratio: .string(plain)
    }
  }
}

extension ReportDocument.Control {
  fileprivate var tree: JSONText {
    .object([
      "title": .string(title), "left": left.tree, "right": right.tree,
      "difference": difference.tree, "agrees": .bool(agrees),
    ])
  }
}

extension ReportDocument.Control.Side {
  fileprivate var tree: JSONText {
    .object(["label": .string(label), "amount": amount.tree])
  }
}

extension ReportDocument.Chart {
  fileprivate var tree: JSONText {
    .object([
      "kind": .string(kind.rawValue), "title": .string(title),
      "categories": .array(categories.map { .string($0) }),
      "series": .array(
        series.map { series in
          .object([
            "name": .string(series.name),
            "amounts": .array(series.amounts.map { .string($0.description) }),
          ])
        }),
    ])
  }
}

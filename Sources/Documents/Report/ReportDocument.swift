/// A report as Finance hands it on: facts, tables with subtotals, control totals and charts, for
/// people and for programs.
///
/// It is a value; every rendering (`text`, `csv`, `json`, `xlsx`, `html`) is a pure function of it,
/// and the same value gives the same bytes on every machine: there is no clock, no locale and no
/// floating point. Sums beyond what 64 bits hold trap.
public struct ReportDocument: Hashable, Sendable {
  /// Something that holds for the whole report, as its period or its position in the book.
  public struct Fact: Hashable, Sendable {
    /// What programs call it, as `ledger_position`.
    public var name: String
    /// What people call it, as `Ledger position`.
    public var label: String
    /// The fact.
    public var value: String
    /// Whether it is a digest or another long code, shown in letters of one width.
    public var isCode: Bool
    /// Whether every record of the CSV repeats it.
    public var isRepeated: Bool

    /// A fact, by its name and label.
    public init(
      _ name: String, _ label: String, _ value: String, isCode: Bool = false,
      isRepeated: Bool = false
    ) {
      self.name = name
      self.label = label
      self.value = value
      self.isCode = isCode
      self.isRepeated = isRepeated
    }
  }

  /// What it is, as `Quarterly revenue`.
  public var title: String
  /// Of what and when, as `2025 Q4, as posted`; may be empty.
  public var subtitle: String
  /// What holds for all of it.
  public var facts: [Fact]
  /// Its tables, in order; their names differ.
  public var sections: [Section]
  /// What a reader must know of all of it, a sentence or two each.
  public var notes: [String]

  /// A report.
  public init(
    title: String, subtitle: String = "", facts: [Fact] = [], sections: [Section] = [],
    notes: [String] = []
  ) {
    self.title = title
    self.subtitle = subtitle
    self.facts = facts
    self.sections = sections
    self.notes = notes
  }

  /// The control totals of all sections.
  var controls: [Control] { sections.flatMap(\.controls) }

  /// Whether all control totals agree; so they do where there are none.
  public var agrees: Bool { controls.allSatisfy(\.agrees) }

  /// That the control totals agree, or how many do not; empty where there are none.
  public var verdict: String {
    let differing = controls.count { !$0.agrees }
    return switch (controls.count, differing) {
    case (0, _): ""
    case (1, 0): "The control total agrees."
    case (let all, 0): "All \(all) control totals agree."
    case (1, _): "The control total differs."
    case (let all, _): "\(differing) of \(all) control totals differ\(differing == 1 ? "s" : "")."
    }
  }
}

extension ReportDocument {
  /// Two amounts that come about in different ways and must be the same.
  public struct Control: Hashable, Sendable {
    /// One of the two.
    public struct Side: Hashable, Sendable {
      /// Where it comes from, as `General ledger`.
      public var label: String
      /// The amount.
      public var amount: Cell

      /// An amount, by where it comes from.
      public init(_ label: String, _ amount: Cell) {
        self.label = label
        self.amount = amount
      }
    }

    /// What is compared, as `Net billed`.
    public var title: String
    /// What the report says.
    public var left: Side
    /// What it is held against.
    public var right: Side

    /// A comparison of two amounts of one kind: money, energy, power or counts.
    public init(_ title: String, left: Side, right: Side) {
      precondition(
        left.amount.number != nil && left.amount.kind == right.amount.kind,
        "a control total compares amounts of one kind")
      self.title = title
      self.left = left
      self.right = right
    }

    /// Whether they are the same.
    public var agrees: Bool { left.amount == right.amount }

    /// Left less right.
    var difference: Cell {
      guard let kind = left.amount.kind, let left = left.amount.number,
        let right = right.amount.number
      else { return .empty }
      return Cell(left - right, kind)
    }

    /// `agree` or `differ`.
    var verdict: String { agrees ? "agree" : "differ" }

    /// The headings of a table of control totals.
    static let headings = ["Control total", "Here", "", "Held against", "", "Difference", ""]
  }
}

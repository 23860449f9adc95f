public import Money

extension ReportDocument {
  /// A column of a section.
  public struct Column: Hashable, Sendable {
    /// What its cells are.
    public enum Kind: Hashable, Sendable {
      /// Words.
      case text
      /// An amount of the book's currency.
      case money
      /// Energy in Wh, shown in kWh.
      case energy
      /// Power in W, shown in kW.
      case power
      /// A number of things.
      case count
      /// A number with so many decimals.
      case ratio(decimals: Int)

      /// The decimals between the unit that is kept and the one that is shown.
      var scale: Int {
        switch self {
        case .text, .count: 0
        case .money: Money.scale
        case .energy, .power: 3
        case .ratio(let decimals): decimals
        }
      }

      /// What programs call it.
      var name: String {
        switch self {
        case .text: "text"
        case .money: "money"
        case .energy: "energy_kwh"
        case .power: "power_kw"
        case .count: "count"
        case .ratio: "ratio"
        }
      }
    }

    /// One column divided by another.
    public struct Quotient: Hashable, Sendable {
      /// The name of the column that is divided.
      public var dividend: String
      /// The name of the column that it is divided by.
      public var divisor: String

      /// `dividend` / `divisor`, by the columns' names.
      public init(_ dividend: String, by divisor: String) {
        self.dividend = dividend
        self.divisor = divisor
      }
    }

    /// What programs call it, as `net_billed`.
    public let name: String
    /// What people call it, as `Net billed`.
    public let title: String
    /// What its cells are.
    public let kind: Kind
    /// Whether subtotals and the total add it up.
    public let isSummed: Bool
    /// What its cells are calculated from, in sums too; none if they are given.
    public let quotient: Quotient?

    /// A column whose cells are given.
    ///
    /// - Parameters:
    ///   - name: What programs call it.
    ///   - title: What people call it.
    ///   - kind: What its cells are.
    ///   - isSummed: Whether it is added up; neither words nor ratios are.
    public init(_ name: String, _ title: String, _ kind: Kind, isSummed: Bool = false) {
      if isSummed, kind == .text || kind.isRatio {
        preconditionFailure("column \(name): neither words nor ratios are summed")
      }
      self.name = name
      self.title = title
      self.kind = kind
      self.isSummed = isSummed
      quotient = nil
    }

    /// A column that is calculated from two others, in every row and in sums; empty where it would
    /// be divided by zero. Rounded half away from zero, once.
    public init(_ name: String, _ title: String, decimals: Int, _ quotient: Quotient) {
      self.name = name
      self.title = title
      kind = .ratio(decimals: decimals)
      isSummed = false
      self.quotient = quotient
    }
  }

  /// A cell of a section, of its column's kind or empty.
  public enum Cell: Hashable, Sendable {
    /// Nothing to say; adds nothing to a sum.
    case empty
    /// Words.
    case text(String)
    /// An amount of the book's currency.
    case money(Money)
    /// Energy in Wh.
    case energy(wattHours: Int64)
    /// Power in W.
    case power(watts: Int64)
    /// A number of things.
    case count(Int64)
    /// A whole number of 10^-`decimals`.
    case ratio(Int64, decimals: Int)

    /// `number` in the unit that is kept of `kind`; empty for words.
    init(_ number: Int64, _ kind: Column.Kind) {
      self =
        switch kind {
        case .text: .empty
        case .money: .money(Money(cents: number))
        case .energy: .energy(wattHours: number)
        case .power: .power(watts: number)
        case .count: .count(number)
        case .ratio(let decimals): .ratio(number, decimals: decimals)
        }
    }

    /// What it is; none where it is empty.
    var kind: Column.Kind? {
      switch self {
      case .empty: nil
      case .text: .text
      case .money: .money
      case .energy: .energy
      case .power: .power
      case .count: .count
      case .ratio(_, let decimals): .ratio(decimals: decimals)
      }
    }

    /// The number in the unit that is kept; none for words and nothing.
    var number: Int64? {
      switch self {
      case .empty, .text: nil
      case .money(let money): money.cents
      case .energy(let number), .power(let number), .count(let number), .ratio(let number, _):
        number
      }
    }

    /// As programs read it: `-10.26`, `1137.5` kWh, the words; empty for nothing.
    var plain: String {
      if case .text(let text) = self { return text }
      guard let kind, let number else { return "" }
      return DecimalText.format(
        Int128(number), scale: kind.scale, minimumDecimals: kind.fixedDecimals ?? 0)
    }

    /// As people read it, with at least `decimals` decimals and its thousands apart: `-1,137.50`.
    func grouped(decimals: Int? = nil) -> String {
      guard let kind, let number else { return plain }
      return InvoiceDocument.grouped(
        DecimalText.format(
          Int128(number), scale: kind.scale,
          minimumDecimals: decimals ?? kind.fixedDecimals ?? 0))
    }
  }
}

extension ReportDocument.Column.Kind {
  /// Whether it is a ratio.
  var isRatio: Bool { if case .ratio = self { true } else { false } }

  /// How many decimals it always has; none where that follows from the numbers.
  var fixedDecimals: Int? {
    switch self {
    case .text, .count, .money, .ratio: scale
    case .energy, .power: nil
    }
  }
}

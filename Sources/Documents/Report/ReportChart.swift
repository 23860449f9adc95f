public import Money

extension ReportDocument {
  /// A picture of some amounts.
  public struct Chart: Hashable, Sendable {
    /// How it is drawn.
    public enum Kind: String, Hashable, Sendable {
      /// A bar a category, its series end to end; what is below zero on the other side.
      case stackedBars = "stacked-bars"
      /// A bar a category and series, side by side.
      case groupedBars = "grouped-bars"
      /// A bridge: an amount, what moves it step by step, and what it comes to.
      case waterfall
    }

    /// An amount a category.
    public struct Series: Hashable, Sendable {
      /// What it is called.
      public var name: String
      /// An amount a category.
      public var amounts: [Money]

      /// A series of amounts.
      public init(_ name: String, _ amounts: [Money]) {
        self.name = name
        self.amounts = amounts
      }
    }

    /// How it is drawn.
    public let kind: Kind
    /// What it shows.
    public let title: String
    /// What a reader who cannot see it is told; may be empty.
    public let summary: String
    /// What the bars are of.
    public let categories: [String]
    /// Its amounts; a waterfall has one series: opening, steps, closing.
    public let series: [Series]

    private init(
      _ kind: Kind, _ title: String, _ summary: String, _ categories: [String], _ series: [Series]
    ) {
      precondition(
        series.allSatisfy { $0.amounts.count == categories.count },
        "chart \(title): one amount a category")
      self.kind = kind
      self.title = title
      self.summary = summary
      self.categories = categories
      self.series = series
    }

    /// Bars whose series lie end to end.
    public static func stackedBars(
      title: String, summary: String = "", categories: [String], series: [Series]
    ) -> Chart {
      Chart(.stackedBars, title, summary, categories, series)
    }

    /// Bars whose series lie side by side.
    public static func groupedBars(
      title: String, summary: String = "", categories: [String], series: [Series]
    ) -> Chart {
      Chart(.groupedBars, title, summary, categories, series)
    }

    /// A bridge from `opening`, step by step, to what it comes to.
    public static func waterfall(
      title: String, summary: String = "", opening: (label: String, amount: Money),
      steps: [(label: String, amount: Money)], closing: String
    ) -> Chart {
      let end = opening.amount + steps.map(\.amount).sum()
      return Chart(
        .waterfall, title, summary, [opening.label] + steps.map(\.label) + [closing],
        [Series("", [opening.amount] + steps.map(\.amount) + [end])])
    }

    /// What all series come to in a category.
    func total(of category: Int) -> Money { series.map { $0.amounts[category] }.sum() }
  }
}

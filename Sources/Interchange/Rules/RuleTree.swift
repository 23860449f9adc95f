import CivilTime
import Money
import Tariffs

/// A rule as names and texts: what its YAML and its differences are made of.
indirect enum RuleTree: Hashable {
  case text(String)
  /// Fields in the order of the file.
  case fields([Field])
  /// Elements; those with a label are known by it, the others by their place.
  case list([Element])

  struct Field: Hashable {
    var name: String
    var value: RuleTree
  }

  struct Element: Hashable {
    var label: String?
    var value: RuleTree
  }

  /// Fields of which absent ones are left out.
  static func fields(_ all: [(String, RuleTree?)]) -> RuleTree {
    .fields(all.compactMap { name, value in value.map { Field(name: name, value: $0) } })
  }

  /// Elements known by their labels; nothing where there are none.
  static func labelled(_ all: [(String, RuleTree)]) -> RuleTree? {
    all.isEmpty ? nil : .list(all.map { Element(label: $0.0, value: $0.1) })
  }

  static func words(_ words: [String]) -> RuleTree {
    .list(words.map { Element(label: nil, value: .text($0)) })
  }
}

extension Rule {
  /// The rule's fields, those at their defaults left out.
  var tree: RuleTree {
    switch self {
    case .tariff(let rule): rule.tree
    case .tax(let rule): rule.tree
    case .calendar(let rule): rule.tree
    case .policies(let rule): rule.tree
    case .classification(let rule): rule.tree
    }
  }
}

/// A text, or nothing for the empty one.
func text(_ text: String) -> RuleTree? { text.isEmpty ? nil : .text(text) }

extension TaxRule {
  fileprivate var tree: RuleTree {
    .fields([
      ("kind", .text("tax")), ("jurisdiction", .text(jurisdiction)), ("level", .text(level.name)),
      ("code", .text(code)), ("from", .text("\(effectiveFrom)")), ("title", text(title)),
      ("rate", .text(rate.percentage)),
      ("base", baseClasses == Self.defaultBase ? nil : .words(baseClasses.map(\.name))),
    ])
  }
}

extension Calendar {
  fileprivate var tree: RuleTree {
    let holidays = holidays.map { holiday in
      RuleTree.Element(
        label: "\(holiday.day)",
        value: .fields([("date", .text("\(holiday.day)")), ("name", text(holiday.name))]))
    }
    let yearly = yearlyHolidays.map { holiday in
      RuleTree.Element(label: nil, value: holiday.tree)
    }
    let seasons = seasons.map { season in
      let day = Day(year: 2024, month: Int(season.month), day: Int(season.day))
      return RuleTree.Element(
        label: nil,
        value: .fields([
          ("name", .text(season.name)), ("from", day.map { .text("\("\($0)".dropFirst(5))") }),
        ]))
    }
    return .fields([
      ("kind", .text("calendar")), ("calendar", .text(name)), ("version", .text("\(version)")),
      ("from", .text("\(effectiveFrom)")), ("weekend", .words(weekendDays.map(\.name))),
      ("holidays", holidays.isEmpty && yearly.isEmpty ? nil : .list(holidays + yearly)),
      ("seasons", seasons.isEmpty ? nil : .list(seasons)),
    ])
  }
}

extension YearlyHoliday {
  fileprivate var tree: RuleTree {
    var all: [(String, RuleTree?)] = []
    switch rule {
    case .date(let month, let day):
      let date = Day(year: 2024, month: Int(month), day: Int(day))
      all.append(("every", date.map { .text("\("\($0)".dropFirst(5))") }))
    case .weekday(let month, let weekday, let nth):
      all.append(("every", .text(weekday.name)))
      all.append(("month", .text("\(month)")))
      all.append(("nth", .text(nth == 5 ? "last" : "\(nth)")))
    }
    all.append(("observed", observed == .sameDay ? nil : .text(observed.name)))
    all.append(("name", text(name)))
    return .fields(all)
  }
}

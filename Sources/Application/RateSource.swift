import CivilTime
import Foundation
import Interchange
import Tariffs

/// A tariff found in a file, to be rated or compared.
struct FoundTariff {
  /// What a file gave.
  enum Origin {
    /// A URDB record.
    case urdb(URDBRate)
    /// The versions of a plan, by their first day, and the calendars they name.
    case plan([TariffVersion], [String: [Tariffs.Calendar]])
  }

  /// The file.
  var file: String
  /// A plan's code, or a record's label or place.
  var name: String
  /// What a person reads.
  var title: String
  var origin: Origin
}

/// A tariff that could not be read, and why.
public struct RefusedTariff: Encodable, Hashable, Sendable {
  /// The file.
  let file: String
  /// Its title, or where it stands in the file.
  let tariff: String
  /// Everything wrong with it.
  let reasons: [String]
}

/// The tariffs of files and folders.
struct RateSource {
  private(set) var found: [FoundTariff] = []
  private(set) var refused: [RefusedTariff] = []

  /// Reads a file, or of a folder every `.json`, `.yaml` and `.yml` file in name order.
  ///
  /// A wrong file is among `refused`; only a path that is not there throws.
  init(path: String) throws {
    let (files, isFile) = try FileList.at(
      path, endings: [".json", ".yaml", ".yml"],
      advice: "Name a URDB file (.json), a rule file (.yaml), or a folder of them.")
    for file in files { read(file, isAlone: isFile) }
  }

  private mutating func read(_ file: String, isAlone: Bool) {
    do {
      if file.hasSuffix(".yaml") || file.hasSuffix(".yml") {
        try readRules(file, isAlone: isAlone)
      } else {
        try readURDB(file)
      }
    } catch {
      refused.append(RefusedTariff(file: file, tariff: file, reasons: ["\(error)"]))
    }
  }

  private mutating func readURDB(_ file: String) throws {
    for record in try URDBFile(path: file).records {
      guard let rate = record.rate else {
        refused.append(
          RefusedTariff(
            file: file, tariff: record.title, reasons: record.problems.map(\.description)))
        continue
      }
      found.append(
        FoundTariff(
          file: file, name: rate.label ?? record.path, title: rate.title, origin: .urdb(rate)))
    }
  }

  /// Reads rules; a calendar that the file names and does not hold is looked for in the rule files
  /// beside it.
  private mutating func readRules(_ file: String, isAlone: Bool) throws {
    var files = try RuleFiles(paths: [file])
    var calendars = Self.calendars(files.rules)
    let named = Set(files.rules.compactMap { $0.rule.tariff?.calendar })
    if !named.isSubset(of: calendars.keys) {
      let folder = (file as NSString).deletingLastPathComponent
      let beside = try RuleFiles(paths: [folder.isEmpty ? "." : folder]).rules
      let published = beside.map(\.rule).filter { $0.tariff == nil }
      files = try RuleFiles(
        paths: [file],
        published: published.filter { rule in
          !files.rules.contains { $0.rule.identity == rule.identity }
        })
      calendars = Self.calendars(files.rules + beside)
    }
    guard files.problems.isEmpty else {
      refused.append(
        RefusedTariff(file: file, tariff: file, reasons: files.problems.map(\.description)))
      return
    }
    let versions = files.rules.compactMap(\.rule.tariff)
    guard !versions.isEmpty else {
      guard isAlone else { return }
      throw Failure("\(file) holds no tariff.", advice: "Name a file with a `kind: tariff`.")
    }
    for (plan, versions) in Dictionary(grouping: versions, by: \.plan).sorted(by: {
      $0.key < $1.key
    }) {
      let sorted = versions.sorted { $0.effectiveFrom < $1.effectiveFrom }
      let title = sorted.last.map { $0.title.isEmpty ? plan : $0.title } ?? plan
      found.append(
        FoundTariff(file: file, name: plan, title: title, origin: .plan(sorted, calendars)))
    }
  }

  private static func calendars(_ rules: [LoadedRule]) -> [String: [Tariffs.Calendar]] {
    var found: [String: [Tariffs.Calendar]] = [:]
    for case .calendar(let calendar) in rules.map(\.rule)
    where !(found[calendar.name]?.contains { $0.version == calendar.version } ?? false) {
      found[calendar.name, default: []].append(calendar)
    }
    return found.mapValues { $0.sorted { $0.effectiveFrom < $1.effectiveFrom } }
  }
}

extension Rule {
  /// The tariff version that it is, if it is one.
  fileprivate var tariff: TariffVersion? {
    if case .tariff(let version) = self { version } else { nil }
  }
}

import Foundation
import Interchange
import Tariffs

/// What a load costs on tariffs: no book is needed.
public enum Rating {
  /// The load of `request` on the tariff in the file `path`.
  ///
  /// - Parameter name: which tariff, where the file holds several: a plan's code or a label.
  /// - Throws: `Failure`, with everything that is wrong.
  public static func one(
    _ path: String, name: String? = nil, _ request: RateRequest
  ) throws -> RateReport {
    let source = try RateSource(path: path)
    var found = source.found
    var refused = source.refused
    if let name {
      found = found.filter { $0.name == name || $0.title == name }
      refused = found.isEmpty ? refused : []
      guard !found.isEmpty || !refused.isEmpty else {
        throw Failure("\(path) holds no tariff \(name).", advice: Self.listed(source.found))
      }
    }
    guard found.count == 1, let tariff = found.first else {
      if found.isEmpty, !refused.isEmpty {
        throw Failure(refused.flatMap(\.reasons).joined(separator: "\n"))
      }
      throw Failure(
        "\(path) holds \(found.count) tariffs.",
        advice: "Choose one with --plan, or compare them all with `rate compare`. "
          + Self.listed(found))
    }
    let load = try request.read()
    return RateReport(try RatedTariff(tariff, load, request), load, request)
  }

  /// The load of `request` on every tariff of files and folders, the cheapest first.
  public static func compare(_ paths: [String], _ request: RateRequest) throws -> RateComparison {
    let load = try request.read()
    var rated: [RatedTariff] = []
    var refused: [RefusedTariff] = []
    for path in paths {
      let source = try RateSource(path: path)
      refused += source.refused
      for tariff in source.found {
        do {
          rated.append(try RatedTariff(tariff, load, request))
        } catch {
          refused.append(
            RefusedTariff(file: tariff.file, tariff: tariff.title, reasons: ["\(error)"]))
        }
      }
    }
    guard !rated.isEmpty || !refused.isEmpty else {
      throw Failure(
        "There is no tariff in \(paths.joined(separator: ", ")).",
        advice: "Name URDB files (.json), rule files (.yaml), or folders of them.")
    }
    return RateComparison(rated, refused: refused, load, request)
  }

  private static func listed(_ found: [FoundTariff]) -> String {
    "It holds: " + found.map { "\($0.name) (\($0.title))" }.joined(separator: ", ") + "."
  }
}

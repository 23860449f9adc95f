import Foundation
import Yams

/// Reads rules from YAML files and checks the whole set.
///
/// Every problem is reported, not only the first; rules with problems are not among `rules`, and a set
/// with any problem must not be published.
public struct RuleFiles: Sendable {
  /// The rules that were understood, in the order of the files.
  public private(set) var rules: [LoadedRule] = []
  /// Everything that is wrong, by file and place.
  public private(set) var problems: [RuleFileProblem] = []
  private var partialTariffs: [LoadedRule] = []

  /// Reads the given texts, named as they should be in messages.
  ///
  /// `published` are the rules of the book: references may go to them, and a rule that differs from
  /// one of the same identity among them is a problem that shows the differences.
  public init(texts: [(file: String, text: String)], published: [Rule] = []) {
    for (file, text) in texts { read(text, file) }
    finish(published)
  }

  /// Reads files; of a folder its `.yaml` and `.yml` files in name order.
  ///
  /// - Throws: `FileRefusal.unreadable`.
  public init(paths: [String], published: [Rule] = []) throws(FileRefusal) {
    var files: [String] = []
    for path in paths { files += try Self.files(at: path) }
    for file in files {
      do {
        let data = try Data(contentsOf: URL(fileURLWithPath: file))
        guard data.count <= InterchangeLimits.ruleFile else {
          problem(
            file, nil, "the file is larger than \(InterchangeLimits.ruleFile) bytes; split it")
          continue
        }
        guard let text = String(data: data, encoding: .utf8) else {
          problem(file, nil, "the file is not UTF-8; save it as UTF-8")
          continue
        }
        read(text, file)
      } catch {
        throw .unreadable(path: file, reason: (error as NSError).localizedDescription)
      }
    }
    finish(published)
  }

  /// The files that `path` names: itself, or what is in it.
  private static func files(at path: String) throws(FileRefusal) -> [String] {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else {
      throw .unreadable(path: path, reason: "there is no such file or folder")
    }
    guard attributes[.type] as? FileAttributeType == .typeDirectory else { return [path] }
    do {
      let names = try FileManager.default.contentsOfDirectory(atPath: path)
      return names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
        .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        .map { path.hasSuffix("/") ? path + $0 : path + "/" + $0 }
    } catch {
      throw .unreadable(path: path, reason: (error as NSError).localizedDescription)
    }
  }

  private mutating func read(_ text: String, _ file: String) {
    let reading = RuleReading(file: file)
    do {
      var documents = try compose_all(yaml: text)
      while let document = documents.next() {
        if let rule = reading.rule(document) { rules.append(rule) }
      }
      if let error = documents.error { throw error }
    } catch {
      problems.append(reading.syntax(error))
    }
    problems += reading.problems
    partialTariffs += reading.partialTariffs
  }

  private mutating func problem(_ file: String, _ place: RulePlace?, _ message: String) {
    problems.append(
      RuleFileProblem(
        file: file, line: place?.line ?? 1, column: place?.column ?? 1, field: "",
        message: message))
  }

  private mutating func finish(_ published: [Rule]) {
    problems += RuleChecks(
      rules: rules, partialTariffs: partialTariffs, published: published
    ).problems()
    var order: [String: Int] = [:]
    for found in problems where order[found.file] == nil { order[found.file] = order.count }
    problems.sort {
      (order[$0.file]!, $0.line, $0.column, $0.field, $0.message)
        < (order[$1.file]!, $1.line, $1.column, $1.field, $1.message)
    }
    if problems.count > InterchangeLimits.ruleProblems {
      let more = problems.count - InterchangeLimits.ruleProblems
      problems.removeLast(more)
      problem(problems[0].file, nil, "there are \(more) more problems; correct these first")
    }
  }
}

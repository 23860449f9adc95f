import Tariffs
import Yams

/// Reads the documents of one file, and collects what is wrong with them.
final class RuleReading {
  let file: String
  private(set) var problems: [RuleFileProblem] = []
  /// Tariffs that cannot be read whole: so that their periods are checked all the same.
  private(set) var partialTariffs: [LoadedRule] = []
  /// The places of the fields of the document being read.
  private var places: [String: RulePlace] = [:]
  private var problemsBefore = 0

  init(file: String) {
    self.file = file
  }

  /// The rule that a document holds, or `nil` with problems.
  func rule(_ document: Node) -> LoadedRule? {
    places = [:]
    problemsBefore = problems.count
    if case .scalar(let scalar) = document, scalar.string.isEmpty { return nil }  // between ---
    guard let fields = RuleMapping(RuleField(document, "", self)) else { return nil }
    let kinds = ["tariff", "tax", "calendar", "policy", "classification"]
    guard let kind = fields.required("kind")?.word(of: kinds) else { return nil }
    let rule: Rule? =
      switch kind {
      case 0: tariff(fields).map(Rule.tariff)
      case 1: tax(fields).map(Rule.tax)
      case 2: calendar(fields).map(Rule.calendar)
      case 3: policies(fields).map(Rule.policies)
      default: classification(fields).map(Rule.classification)
      }
    fields.refuseUnknown()
    guard let rule else { return nil }
    guard problems.count == problemsBefore else {
      if case .tariff(let tariff) = rule { keep(partial: tariff, fields.field) }
      return nil
    }
    return LoadedRule(
      rule: rule, file: file, line: document.mark?.line ?? 1, places: places)
  }

  /// Keeps what can be checked of a tariff that cannot be read whole.
  func keep(partial tariff: TariffVersion, _ field: RuleField) {
    partialTariffs.append(
      LoadedRule(
        rule: .tariff(tariff), file: file, line: field.node.mark?.line ?? 1, places: places))
  }

  func note(_ path: String, _ mark: Mark?) {
    guard let mark else { return }
    places[path] = RulePlace(line: mark.line, column: mark.column)
  }

  func problem(_ field: String, _ mark: Mark?, _ message: String) {
    problems.append(
      RuleFileProblem(
        file: file, line: mark?.line ?? 1, column: mark?.column ?? 1, field: field,
        message: message))
  }

  /// What the YAML parser found wrong.
  func syntax(_ error: any Error) -> RuleFileProblem {
    var place = RulePlace(line: 1, column: 1)
    var message = "the file is not YAML"
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      place = RulePlace(line: mark.line, column: mark.column)
      message = "the file is not YAML: \(problem); check indentation, quotes and colons here"
    case .reader(let problem, _, _, _):
      message = "the file is not YAML: \(problem); remove the character"
    case .duplicatedKeysInMapping(let duplicates, let context):
      place = RulePlace(line: context.mark.line, column: context.mark.column)
      message =
        "given twice: \(duplicates.sorted().map(clipped).joined(separator: ", ")); give each "
        + "field once"
    default: break
    }
    return RuleFileProblem(
      file: file, line: place.line, column: place.column, field: "", message: message)
  }
}

/// The fields of a mapping, each asked for by name once.
final class RuleMapping {
  let field: RuleField
  private var values: [String: RuleField] = [:]
  private var unknown: [(name: String, key: Node)] = []
  private var asked: [String] = []

  /// The mapping that `field` holds; `nil` with a problem if it holds something else.
  init?(_ field: RuleField) {
    self.field = field
    guard field.isPlain else { return nil }
    guard case .mapping(let mapping) = field.node else {
      field.problem("must hold fields, as `name: value`")
      return nil
    }
    for (key, value) in mapping {
      guard case .scalar(let scalar) = key else {
        field.reading.problem(field.path, key.mark, "a field's name must be a word")
        continue
      }
      let path = field.path.isEmpty ? scalar.string : field.path + "." + scalar.string
      values[scalar.string] = RuleField(value, path, field.reading, at: key.mark)
      unknown.append((scalar.string, key))
    }
  }

  /// The names of the fields, in the file's order.
  var names: [String] { unknown.map(\.name) }

  /// The field `name`, or `nil` where it is absent or empty.
  func optional(_ name: String) -> RuleField? {
    asked.append(name)
    guard let value = values[name], !value.isNull else { return nil }
    return value
  }

  /// The field `name`, or `nil` with a problem where it is absent or empty.
  func required(_ name: String) -> RuleField? {
    if let value = optional(name) { return value }
    field.problem("\"\(name)\" is missing; it is required")
    return nil
  }

  /// Reports the fields that nobody asked for.
  func refuseUnknown() {
    for (name, key) in unknown where !asked.contains(name) {
      field.reading.problem(
        values[name]?.path ?? field.path, key.mark,
        "\"\(clipped(name))\" is not known here; the fields are: \(asked.joined(separator: ", "))")
    }
  }
}

import Testing

@testable import Interchange

/// A record as text: fields in order, each value as JSON, to be changed one by one.
struct URDBSample {
  private var fields: [(name: String, value: String)]

  /// One price at all hours, 0.12 a kWh.
  init() {
    fields = [
      ("label", "\"0123456789abcdef01234567\""), ("utility", "\"Example Light\""),
      ("name", "\"RS Residential\""), ("startdate", "1433116800"),
      ("energyratestructure", "[[{\"rate\": 0.1, \"adj\": 0.02, \"unit\": \"kWh\"}]]"),
      ("energyweekdayschedule", Self.schedule { _, _ in 0 }),
      ("energyweekendschedule", Self.schedule { _, _ in 0 }),
    ]
  }

  /// The period of each month and hour, both from 0.
  static func schedule(_ period: (Int, Int) -> Int) -> String {
    let months = (0..<12).map { month in
      "[" + (0..<24).map { "\(period(month, $0))" }.joined(separator: ",") + "]"
    }
    return "[" + months.joined(separator: ",\n ") + "]"
  }

  /// The sample with `name` set to `value` (JSON), or without it for `nil`.
  func with(_ name: String, _ value: String?) -> URDBSample {
    var copy = self
    let index = copy.fields.firstIndex { $0.name == name }
    switch (index, value) {
    case (let index?, let value?): copy.fields[index].value = value
    case (let index?, nil): copy.fields.remove(at: index)
    case (nil, let value?): copy.fields.append((name, value))
    case (nil, nil): break
    }
    return copy
  }

  /// A field a line, so that the field `n` stands on line `n + 2`.
  var text: String {
    "{\n" + fields.map { "\"\($0.name)\": \($0.value)" }.joined(separator: ",\n") + "\n}\n"
  }

  var bytes: [UInt8] { Array(text.utf8) }

  /// The only record of the file.
  var record: URDBFile.Record {
    get throws {
      let file = try URDBFile(bytes, name: "rate.json")
      try #require(file.records.count == 1)
      return file.records[0]
    }
  }

  var rate: URDBRate {
    get throws {
      let record = try record
      try #require(record.problems == [])
      return try #require(record.rate)
    }
  }

  /// Field and message of each problem.
  var problems: [String] {
    get throws { try record.problems.map { "\($0.field): \($0.message)" } }
  }

  /// Field and message of each warning.
  var warnings: [String] {
    get throws { try rate.warnings.map { "\($0.field): \($0.message)" } }
  }
}

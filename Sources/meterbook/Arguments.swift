/// The words of the command line.
enum Arguments {
  /// The arguments with negative numbers that belong to no option behind `--`: the parser would take
  /// them for flags, and the account that is asked could not say what is wrong with them.
  static func readable(_ arguments: [String]) -> [String] {
    guard !arguments.contains("--") else { return arguments }
    var kept: [String] = []
    var numbers: [String] = []
    for argument in arguments {
      if isNegativeNumber(argument), kept.last?.hasPrefix("--") != true {
        numbers.append(argument)
      } else {
        kept.append(argument)
      }
    }
    return numbers.isEmpty ? arguments : kept + ["--"] + numbers
  }

  private static func isNegativeNumber(_ text: String) -> Bool {
    text.first == "-" && text.dropFirst().first?.isNumber == true
      && text.dropFirst().allSatisfy { $0.isNumber || $0 == "." || $0 == "," }
  }
}

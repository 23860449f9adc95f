public import Money

/// The limits of what comes in: beyond each of them input is refused by name, never cut silently.
public enum InterchangeLimits {
  /// The longest CSV record, in bytes, line end excluded.
  public static let csvRecord = 65_536
  /// The most columns of a CSV file.
  public static let csvColumns = 256
  /// The most registers of one meter.
  public static let registersPerMeter = 64
  /// The greatest payment: beyond it an amount is surely mistyped, and sums of many stay in range.
  public static let payment = Money(cents: 100_000_000_000)
  /// How much of a file is read at once, in bytes.
  public static let chunk = 262_144
  /// The longest identifier, in bytes: the longest name a stream of the book can have.
  public static let identifier = 64
  /// The longest free text (a method, a name), in bytes.
  public static let freeText = 256
  /// The longest piece of input that an error message repeats, in characters.
  public static let quotedInput = 40
  /// The most structural entries (usage points, meter readings, reading types) of an ESPI file.
  public static let espiEntries = 1_000_000
  /// The deepest nesting of an XML file.
  public static let xmlDepth = 64
  /// The longest text of one XML element that is read, in bytes.
  public static let xmlText = 4_096
  /// The longest rule file, in bytes.
  public static let ruleFile = 4_194_304
  /// The longest title of a rule, in characters.
  public static let title = 200
  /// The most problems that a check of rules lists.
  public static let ruleProblems = 1_000
  /// The longest JSON file, in bytes.
  public static let jsonFile = 67_108_864
  /// The deepest nesting of a JSON file.
  public static let jsonDepth = 64
  /// The longest number in a JSON file, in characters.
  public static let jsonNumber = 64
  /// The most periods of a URDB rate structure.
  public static let urdbPeriods = 64
  /// The most tiers of a period of a URDB rate structure.
  public static let urdbTiers = 64
  /// The most decimals of a load's kWh.
  public static let loadPlaces = 6
  /// The most intervals of a load: a leap year of five-minute intervals.
  public static let loadIntervals = 105_408
}

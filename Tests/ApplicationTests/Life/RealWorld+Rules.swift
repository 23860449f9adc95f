import Foundation

@testable import Application

/// The rules of the model test that the demonstration has not.
extension RealWorld {
  /// One price for all energy.
  static let flat = """
    kind: tariff
    plan: FLAT
    version: 1
    from: 2010-01-01
    title: Residential, flat
    components:
      - { code: energy, type: energy, title: Energy, price: .11000 }
      - { code: service, type: fixed, title: Service charge, price: 12.00 }
    """

  /// What is published in the midst of a life.
  static func text(of publication: NaivePublication) -> [String] {
    switch publication {
    case .tax:
      return [
        """
        kind: tax
        jurisdiction: US-ST
        level: state
        code: sales
        from: \(publication.from)
        title: State tax
        rate: 6 %
        """
      ]
    case .lateFee:
      let text = demo("policy").components(separatedBy: "\n---\n")[1]
      return [
        text.replacing("version: 2", with: "version: 3")
          .replacing("from: 2013-01-01", with: "from: \(publication.from)")
          .replacing("amount: 5.00", with: "amount: 7.00")
          .replacing("after_days: 15", with: "after_days: 20")
      ]
    case .tiered:
      let text = demo("tariff-r1").components(separatedBy: "\n---\n")[1]
      return [text.replacing("from: 2028-03-01", with: "from: \(publication.from)")]
    case .timeOfUse:
      let text = demo("tariff-r2").components(separatedBy: "\n---\n")[0]
      return [
        text.replacing("version: 1", with: "version: 2")
          .replacing("from: 2010-01-01", with: "from: \(publication.from)")
          .replacing("on-peak: .26000, off-peak: .10000", with: "on-peak: .27500, off-peak: .09000")
      ]
    }
  }

  private static func demo(_ name: String) -> String {
    (try? String(contentsOfFile: "\(repository)rules/demo/\(name).yaml", encoding: .utf8)) ?? ""
  }
}

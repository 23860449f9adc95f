/// Builds small ESPI files for tests: one usage point, one meter reading, one reading type.
struct GreenButtonSample {
  var service: String? = "0"
  var type = ["uom": "72", "commodity": "1", "flowDirection": "1"]
  var secondType: [String: String]?
  var intervals = [interval()]
  var hasType = true
  var hasUsagePoint = true

  static func interval(
    start: String = "1770000000", duration: String = "900", value: String = "5"
  ) -> String {
    "<IntervalReading><timePeriod><duration>\(duration)</duration><start>\(start)</start>"
      + "</timePeriod><value>\(value)</value></IntervalReading>"
  }

  var text: String {
    var entries: [String] = []
    if hasUsagePoint {
      let category = service.map { "<ServiceCategory><kind>\($0)</kind></ServiceCategory>" } ?? ""
      entries.append(entry("/UsagePoint/1", "<UsagePoint \(espi)>\(category)</UsagePoint>"))
    }
    if hasType { entries.append(entry("/ReadingType/1", readingType(type))) }
    if let secondType { entries.append(entry("/ReadingType/1", readingType(secondType))) }
    entries.append(
      entry("/UsagePoint/1/MeterReading/1", "<MeterReading \(espi)/>", related: "/ReadingType/1"))
    entries.append(
      entry(
        "/UsagePoint/1/MeterReading/1/IntervalBlock/1",
        "<IntervalBlock \(espi)>\n" + intervals.joined(separator: "\n") + "\n</IntervalBlock>"))
    return "<feed xmlns=\"http://www.w3.org/2005/Atom\">" + entries.joined() + "</feed>"
  }

  var bytes: [UInt8] { Array(text.utf8) }

  private let espi = "xmlns=\"http://naesb.org/espi\""

  private func readingType(_ fields: [String: String]) -> String {
    let elements = fields.sorted { $0.key < $1.key }.map { "<\($0.key)>\($0.value)</\($0.key)>" }
    return "<ReadingType \(espi)>" + elements.joined() + "</ReadingType>"
  }

  private func entry(_ link: String, _ content: String, related: String? = nil) -> String {
    let links =
      "<link rel=\"self\" href=\"\(link)\"/>"
      + (related.map { "<link rel=\"related\" href=\"\($0)\"/>" } ?? "")
    return "<entry>\(links)<content>\(content)</content></entry>"
  }
}

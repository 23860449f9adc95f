import Testing

@testable import Interchange

@Suite struct `Published rules` {
  @Test func `may be given again and never changed`() {
    let published = load(calendarSample, timeOfUseSample).rules.map(\.rule)
    #expect(load(timeOfUseSample, published: published).problems == [])
    let changed = timeOfUseSample.replacing("off-peak: .10", with: "off-peak: .11")
    #expect(
      problem(changed, published: published)
        == "x.yaml:1:1: tariff R2 version 1 is published and never changes; give the change a new "
        + "version. It differs in components.energy.prices.off-peak: 0.10 -> 0.11")
    #expect(
      load(
        changed.replacing("version: 1", with: "version: 2").replacing("2020-01", with: "2021-01"),
        published: published
      ).problems == [])
  }

  @Test func `differ field by field, the order included`() {
    func rule(_ text: String) -> Rule { load(calendarSample, text).rules[1].rule }
    let new = """
      kind: tariff
      plan: R1
      version: 1
      from: 2020-01-01
      components:
        - { code: service, type: fixed, title: Service, price: 15.00 }
        - code: energy
          type: energy
          price: .09850
        - { code: franchise, type: percentage, rate: 3 %, base: [FIXED, MINIMUM] }
      """
    #expect(
      Rule.differences(old: rule(tariffSample), new: rule(new)).map(\.description) == [
        "components: energy, service, franchise -> service, energy, franchise",
        "components.service.title: nothing -> Service",
        "components.energy.price: nothing -> 0.0985",
        "components.franchise.base: nothing -> FIXED, MINIMUM",
        "title: Tiered -> nothing",
        "components.energy.tiers[0].up_to: 500 -> nothing",
        "components.energy.tiers[0].price: 0.0985 -> nothing",
        "components.energy.tiers[1].price: 0.16725 -> nothing",
      ])
    #expect(Rule.differences(old: rule(tariffSample), new: rule(tariffSample)) == [])
  }

  @Test func `are written as YAML that reads back, whatever they hold`() {
    var random = SeededRandom.fresh()
    for _ in 0..<200 {
      let rules = RandomRules(&random).rules
      let text = rules.map(\.yaml).joined(separator: "---\n")
      let again = RuleFiles(texts: [("again", text)])
      #expect(again.problems == [], "\(random.note)\n\(text)")
      #expect(again.rules.map(\.rule) == rules, "\(random.note)\n\(text)")
    }
  }
}

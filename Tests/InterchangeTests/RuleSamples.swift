@testable import Interchange

// Rules that are right, for tests to read as they are or with one thing made wrong.

let calendarSample = """
  kind: calendar
  calendar: demo
  version: 1
  from: 2020-01-01
  weekend: [saturday, sunday]
  """

let tariffSample = """
  kind: tariff
  plan: R1
  version: 1
  from: 2020-01-01
  title: Tiered
  components:
    - code: energy
      type: energy
      tiers:
        - { up_to: 500, price: .09850 }
        - { price: .16725 }
    - { code: service, type: fixed, price: 15.00 }
    - { code: franchise, type: percentage, rate: 3 % }
  """

let timeOfUseSample = """
  kind: tariff
  plan: R2
  version: 1
  from: 2020-01-01
  calendar: demo
  periods:
    - name: on-peak
      windows:
        - { days: [working-day], hours: "17:00-22:00" }
    - name: off-peak
  components:
    - code: energy
      type: energy
      prices: { on-peak: .26, off-peak: .10 }
  """

let taxSample = """
  kind: tax
  jurisdiction: US-ST
  level: state
  code: sales
  from: 2020-01-01
  rate: 5 %
  """

let policySample = """
  kind: policy
  version: 1
  from: 2020-01-01
  """

func load(_ documents: String..., published: [Rule] = []) -> RuleFiles {
  RuleFiles(
    texts: [("x.yaml", documents.joined(separator: "\n---\n"))], published: published)
}

/// The only problem of the documents.
func problem(_ documents: String..., published: [Rule] = []) -> String {
  let files = RuleFiles(
    texts: [("x.yaml", documents.joined(separator: "\n---\n"))], published: published)
  return files.problems.map(\.description).joined(separator: "\n")
}

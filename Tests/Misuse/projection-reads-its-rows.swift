// error: value of type 'RowChanges' has no member 'value'
import EventSourcing
struct Counting: Projection {
  let identity = ProjectionIdentity("counting", 1)
  func evolve(
    _ entry: EntryPlace, at position: Position, _ bytes: RawSpan, into rows: inout RowChanges
  ) throws {
    let count = rows.value(forKey: [1])
    rows.put([1], count)
  }
}

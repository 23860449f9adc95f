// error: 'async' call in a function that does not support concurrency
import EventSourcing
func rate() async -> UInt8 { 1 }
struct Waiting: Projection {
  let identity = ProjectionIdentity("waiting", 1)
  func evolve(
    _ entry: EntryPlace, at position: Position, _ bytes: RawSpan, into rows: inout RowChanges
  ) throws {
    rows.put([1], [await rate()])
  }
}

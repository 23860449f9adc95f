import EventLog
import Testing

@Suite struct PrivateStoreTests {
  @Test func `what is put is got until it is deleted`() throws {
    let folder = try TemporaryFolder()
    let store = try Book.test(folder).privateStore()
    try store.put(key: [1], value: [2, 3])
    #expect(try store.get(key: [1]) == [2, 3])
    #expect(try store.delete(key: [1]))
    #expect(try store.get(key: [1]) == nil)
    #expect(try !store.delete(key: [1]))
  }

  @Test func `the secret is random, but for a simulated book it follows from its id`() throws {
    let secrets = try [true, true, false, false].map { simulated in
      let folder = try TemporaryFolder()
      return try Book.test(folder, simulated: simulated).privateStore().secret
    }
    #expect(secrets[0] == secrets[1])
    #expect(secrets[2] != secrets[3])
    #expect(secrets[0] != secrets[2])
    #expect(secrets.allSatisfy { $0.count == 32 })
  }

  @Test func `an empty key is refused`() throws {
    let folder = try TemporaryFolder()
    let store = try Book.test(folder).privateStore()
    #expect(throws: BookError.self) { try store.put(key: [], value: [1]) }
  }
}

// ReviewQueue

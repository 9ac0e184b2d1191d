package redis_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/redis"
	"github.com/fairlead-dev/fairlead/store/redis/redistest"
	"github.com/fairlead-dev/fairlead/store/storetest"
)

// places counts the key prefixes in use: each promise is shown on a store of its
// own in one server.
var places atomic.Int64

func placesAt(at redis.Address) func(t *testing.T) storetest.Place {
	return func(t *testing.T) storetest.Place {
		prefix := fmt.Sprint("p", places.Add(1))
		return func() (store.Store, error) {
			return redis.Open(t.Context(), redis.Options{Address: at, Prefix: prefix})
		}
	}
}

func TestStoreInOneServer(t *testing.T) {
	storetest.Run(t, placesAt(redis.Address{Hosts: []string{redistest.Start(t).Addr}}))
}

func TestStoreUnderSentinel(t *testing.T) {
	r := redistest.StartSentinel(t)
	storetest.Run(t, placesAt(redis.Address{Hosts: r.Addrs(), Master: r.Name}))
}

func TestStoreInACluster(t *testing.T) {
	storetest.Run(t, placesAt(redis.Address{Hosts: redistest.StartCluster(t, true).Addrs(), Cluster: true}))
}

package redis

import (
	_ "embed"

	goredis "github.com/redis/go-redis/v9"
)

var (
	//go:embed lua/ops.lua
	opsText string
	//go:embed lua/lay.lua
	layText string
	//go:embed lua/write.lua
	writeText string
	//go:embed lua/finish.lua
	finishText string
	//go:embed lua/read.lua
	readText string
	//go:embed lua/renew.lua
	renewText string
	//go:embed lua/note.lua
	noteText string
	//go:embed lua/stale.lua
	staleText string
	//go:embed lua/lease.lua
	leaseText string
	//go:embed lua/enter.lua
	enterText string
	//go:embed lua/hold.lua
	holdText string

	layScript    = goredis.NewScript(opsText + layText)
	writeScript  = goredis.NewScript(opsText + writeText)
	finishScript = goredis.NewScript(opsText + finishText)
	readScript   = goredis.NewScript(opsText + readText)
	renewScript  = goredis.NewScript(opsText + renewText)
	noteScript   = goredis.NewScript(opsText + noteText)
	staleScript  = goredis.NewScript(opsText + staleText)
	leaseScript  = goredis.NewScript(opsText + leaseText)
	enterScript  = goredis.NewScript(enterText)
	holdScript   = goredis.NewScript(holdText)
)

# Commands of the project; `make` alone lists them. Each calls one script or command, which does the work.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := var/env/main/bin/python
RASA_PY := OMP_NUM_THREADS=1 RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=3 var/env/rasa/bin/python
# The first python3 that runs: pyenv leaves names on PATH that only print an error.
PYTHON3 := $(shell for p in python3 python3.13 python3.12 python3.11 python3.10 /usr/bin/python3; do \
	$$p -c '' 2>/dev/null && { echo $$p; exit; }; done; echo python3)
ENV := $(PYTHON3) scripts/bootstrap.py
RUN := $(ENV) --main-only && $(PY)

.PHONY: help up down status ask chat search index learn train evaluate evaluate-nlu calibrate bench-retrieval bench-encoder bench-lookup bench-telegram bench-scale bench-engine bench-load soak settings test test-fast lint lock clean fuzz faults canaries backup restore upgrade rollback sbom audit-deps

help: ## 列出全部命令
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1|\2/' | while IFS='|' read -r name text; do printf '  make %-16s %s\n' "$$name" "$$text"; done

up: ## 一条命令启动全部进程；Ctrl-C 停止。DETACH=1 就绪后返回
	@$(ENV)
	@exec $(PY) -m bot.supervisor up $(if $(DETACH),--detach)

down: ## 停止 make up 启动的全部进程
	@$(RUN) -m bot.supervisor down

status: ## 各进程的状态
	@$(RUN) -m bot.supervisor status

ask: ## 问一个问题：make ask Q="海曙有多少家居家养老机构"
	@$(RUN) -m bot.cli ask "$$Q"

chat: ## 在终端里对话
	@$(ENV)
	@exec $(PY) -m bot.cli chat

search: ## 只看检索到的证据：make search Q="…"
	@$(RUN) -m bot.cli search "$$Q"

index: ## 建索引（文件没有变化时不重建）
	@$(RUN) -m bot.cli index build

learn: index ## 从「居民怎么问」重新学习比较向量的尺度（embeddings/metric.npz），并量它的用处
	@$(RUN) -m bot.cli index learn

train: ## 训练 Rasa 对话模型（配置和语料没有变化时不训练）
	@$(ENV) && $(PY) scripts/train_rasa.py

evaluate: ## 批量回答并写出结果：make evaluate QUESTIONS=in.jsonl OUT=out.jsonl [VIA=chat]
	@$(RUN) -m bot.cli evaluate "$(QUESTIONS)" "$(OUT)" $(if $(VIA),--via "$(VIA)")

evaluate-nlu: train ## 量意图识别：make evaluate-nlu DATA=in.jsonl；不给 DATA 就在训练数据上交叉验证
	@$(RASA_PY) -m bot.rasa.evaluate_nlu $(if $(DATA),data "$(DATA)",cv)

calibrate: ## 按各个门槛值重判一套题、画出曲线，不改设置：make calibrate QUESTIONS=in.jsonl OUT=var/calibration
	@$(RUN) -m bot.cli calibrate "$(QUESTIONS)" "$(or $(OUT),var/calibration)"

bench-retrieval: ## 在 SQuAD 格式的数据集上量检索：make bench-retrieval DATASET=in.json [OUT=benchmarks/RESULTS.md]
	@$(RUN) -m benchmarks.retrieval "$(DATASET)" $(if $(OUT),--out "$(OUT)")

bench-encoder: ## 量一问的编码和整个回答各要多久、int8 损失多少：make bench-encoder [OUT=benchmarks/RESULTS.md]
	@$(RUN) -m benchmarks.encoder $(if $(OUT),--out "$(OUT)")

bench-lookup: ## 十位坐席同时边打字边查，服务器要多久、与单做编码之比：make bench-lookup [OUT=benchmarks/RESULTS.md]
	@$(RUN) -m benchmarks.lookup $(if $(OUT),--out "$(OUT)")

bench-telegram: ## 20 个对话同时提问，Telegram 比网页慢多少：make bench-telegram [OUT=benchmarks/RESULTS.md]
	@$(ENV) --dev
	@$(PY) -m benchmarks.telegram $(if $(OUT),--out "$(OUT)")

bench-load: ## 整段对话经网页和 Telegram，1、10、50、200 个同时，与只会回一句话的 Rasa 比；再加三倍过载：make bench-load [OUT=benchmarks/RESULTS.md]
	@$(ENV) --dev
	@$(PY) -m benchmarks.load $(if $(OUT),--out "$(OUT)")

.PHONY: bench-replicas
bench-replicas: ## 每种进程一个与两个轮流，一轮对话各费多少处理器时间：make bench-replicas [OUT=benchmarks/RESULTS.md]
	@$(ENV) --dev
	@$(PY) -m benchmarks.load.replicas $(if $(OUT),--out "$(OUT)")

soak: ## 长时间匀速对话，看内存、Redis 和工单库长多少：make soak MINUTES=30 [RATE=5] [OUT=benchmarks/RESULTS.md]
	@$(ENV) --dev
	@$(PY) -m benchmarks.load.soak --minutes "$(or $(MINUTES),30)" --rate "$(or $(RATE),5)" $(if $(OUT),--out "$(OUT)")

bench-scale: ## 一万、十万、一百万段的向量：建多久、占多少、查多快、漏多少：make bench-scale [SIZES=10000,100000] [OUT=benchmarks/RESULTS.md]
	@$(RUN) -m benchmarks.scale $(if $(SIZES),--sizes "$(SIZES)") $(if $(OUT),--out "$(OUT)")

bench-engine: ## 一千个问题，pgvector 与进程内的精确检索前五条是否相同：make bench-engine [OUT=benchmarks/RESULTS.md]
	@$(ENV) --dev
	@$(PY) -m benchmarks.engine $(if $(OUT),--out "$(OUT)")

settings: ## 由代码生成 docs/settings.md
	@$(RUN) scripts/settings_doc.py > docs/settings.md

test: ## 检查代码并跑全部测试，包括真实进程的端到端测试
	@$(ENV) --dev
	@$(PY) scripts/run_tests.py

test-fast: ## 不启动 Rasa、网关等真实进程的测试
	@$(ENV) --dev
	@$(PY) -m pytest -q -m "not e2e and not slow"

fuzz: ## 上千个生成的坏请求打到 Open311、工单和消息接口；FUZZ_EACH=每个操作的个数
	@$(ENV) --dev
	@FUZZ_EACH=$(or $(FUZZ_EACH),40) $(PY) -m pytest -q tests/bot/open311/test_malformed.py tests/actions/serving/test_news_malformed.py

faults: ## 八个居民（网页、Telegram 各半）登记 200 件事，期间各进程被 kill -9、冻住、磁盘和内存写满，事后核对工单库；SEED=另一个种子，REPLICAS=2 各两个进程 [OUT=benchmarks/RESULTS.md]
	@$(ENV) --dev
	@$(PY) -m tests.faults $(if $(SEED),--seed "$(SEED)") $(if $(REPLICAS),--replicas "$(REPLICAS)") $(if $(OUT),--out "$(OUT)")

canaries: ## 2000 个编造的号码和地址（明写的、变着法写的）走遍各渠道，事后在日志、Redis、备份等各处找，应一个也找不到；SEED=另一个种子 [OUT=benchmarks/RESULTS.md]
	@$(ENV) --dev
	@$(PY) -m tests.faults.canaries $(if $(SEED),--seed "$(SEED)") $(if $(OUT),--out "$(OUT)")

.PHONY: bad-inputs
bad-inputs: ## 数千个坏输入：坏请求、伪装的指令、怪字符、注入、怪更新、坏索引、有害文件；印出一张表 [OUT=benchmarks/RESULTS.md]
	@$(ENV) --dev
	@BAD_INPUTS=all BAD_INPUTS_OUT="$(OUT)" $(PY) -m pytest -q tests/faults/inputs tests/faults/documents

.PHONY: kill-publish
kill-publish: ## 发布新一代知识时在 50 个时刻 kill -9 真实的服务和建库进程，事后只能是旧一代或新一代；再边发布边每秒问 20 题、撤回：KILLS=50 [OUT=benchmarks/RESULTS.md]
	@$(ENV) --dev
	@KILLS=$(or $(KILLS),50) KILLS_OUT="$(OUT)" $(PY) -m pytest -q -s tests/actions/governance/test_kill_real.py tests/actions/governance/test_publish_under_load.py

backup: ## 备份工单库、文件和索引，运行中也可以：make backup [OUT=文件.tar.gz] [KEYS=1 连密钥，用口令加密]
	@$(RUN) -m bot.cli backup take $(if $(OUT),"$(OUT)") $(if $(KEYS),--with-keys)

restore: ## 从备份恢复，先 make down：make restore FROM=文件.tar.gz [FORCE=1 换掉已有的]
	@$(RUN) -m bot.cli backup restore "$(FROM)" $(if $(FORCE),--force)

upgrade: ## 换了新版程序之后：先备份，再更新工单库的表，核验历史
	@$(RUN) -m bot.cli backup upgrade

rollback: ## 换回旧版程序之前：把工单库变回旧版的表：make rollback TO=0002
	@$(RUN) -m bot.cli backup rollback "$(TO)"

sbom: ## 列出两个环境里的全部软件包、版本和许可证（CycloneDX）：var/sbom
	@$(ENV) --dev
	@$(PY) scripts/sbom.py

audit-deps: ## 逐个查已知漏洞；Rasa 拖住的旧版本附上留用的理由（要联网）
	@$(ENV) --dev
	@$(PY) scripts/audit_deps.py

lint: ## ruff、类型、导入方向
	@$(ENV) --dev
	@$(PY) scripts/run_tests.py --lint-only

lock: ## 依赖变化后重新锁定版本（需要 uv）
	@$(PYTHON3) scripts/lock.py

clean: ## 删除全部派生文件（索引、模型、日志），留下工单库和密钥；先停止进程
	@if [ -x $(PY) ]; then $(PY) -m bot.supervisor down; fi
	@if [ -d var ]; then find var -mindepth 1 -maxdepth 1 ! -name 'ledger.sqlite3*' ! -name secrets.env -exec rm -rf {} +; fi
	rm -rf .rasa .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

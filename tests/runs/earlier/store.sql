BEGIN TRANSACTION;
CREATE TABLE epochs (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    epoch INTEGER NOT NULL,
    train_loss REAL, train_accuracy REAL, validation_loss REAL, validation_accuracy REAL,
    learning_rate REAL, images_per_second REAL, seconds REAL, best INTEGER,
    PRIMARY KEY (run, epoch)
) WITHOUT ROWID;
INSERT INTO "epochs" VALUES('47ca75fc',1,2.40330648422241210937e+00,0.0625,2.33443593978881835937e+00,0.0,4.16666666666666712925e-02,1.43241112183293444097e+03,4.4679909995466005057e-02,1);
INSERT INTO "epochs" VALUES('47ca75fc',2,2.40573042631149291992e+00,0.125,2.33130407333374023437e+00,0.0,8.33333333333333321768e-03,2.30332484945434498514e+03,2.77859199995873495936e-02,0);
INSERT INTO "epochs" VALUES('47ca75fc',3,2.4020916223526,0.09375,2.32816290855407714843e+00,0.0,0.015625,1.61293940315641930278e+03,3.96791099992697127163e-02,0);
INSERT INTO "epochs" VALUES('e8f3e303',1,2.50409603118896484375e+00,0.078125,2.36380314826965332031e+00,1.00000001490116119384e-01,4.16666666666666712925e-02,1.37117243638832246685e+03,4.66753840009914711117e-02,1);
INSERT INTO "epochs" VALUES('e8f3e303',2,2.48038810491561889648e+00,0.109375,2.3658695220947265625e+00,1.00000001490116119384e-01,8.33333333333333321768e-03,4.28995022853356203999e+03,1.49185880000004544854e-02,0);
INSERT INTO "epochs" VALUES('e8f3e303',3,2.48709452152252197265e+00,0.0625,2.36201143264770507812e+00,1.00000001490116119384e-01,0.015625,6.0621215902816757079e+03,1.05573600012576207518e-02,0);
INSERT INTO "epochs" VALUES('e8f3e303',4,2.44874900579452514648e+00,0.109375,2.37774991989135742187e+00,1.00000001490116119384e-01,0.003125,4.94813274397817804122e+03,1.29341720021329820156e-02,0);
CREATE TABLE events (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    time REAL NOT NULL,
    text TEXT NOT NULL
);
INSERT INTO "events" VALUES('e8f3e303',1.79562378821032500274e+09,'Training on cpu.');
INSERT INTO "events" VALUES('e8f3e303',1.79562378843177866934e+09,'Finished after 4 epochs.');
INSERT INTO "events" VALUES('47ca75fc',1.79562378852856826781e+09,'Training on cpu.');
INSERT INTO "events" VALUES('47ca75fc',1.79562378873002076147e+09,'stopped');
CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    recipe TEXT NOT NULL,             -- JSON
    status TEXT NOT NULL,
    request TEXT,                     -- what someone asked of the run: pause, stop
    priority INTEGER NOT NULL DEFAULT 0,
    owner TEXT,                       -- the process that trains it
    message TEXT NOT NULL DEFAULT '', -- why it failed, or what it is doing
    created REAL NOT NULL,            -- seconds since 1970
    changed REAL NOT NULL,
    total_steps INTEGER NOT NULL DEFAULT 0,
    steps_per_epoch INTEGER NOT NULL DEFAULT 0,
    done_steps INTEGER NOT NULL DEFAULT 0,
    images_per_second REAL NOT NULL DEFAULT 0,
    seconds REAL NOT NULL DEFAULT 0,  -- of training, without validation
    parameters INTEGER NOT NULL DEFAULT 0,
    precision TEXT NOT NULL DEFAULT '',
    machine TEXT NOT NULL DEFAULT '{}',
    accuracies TEXT NOT NULL DEFAULT '{}',
    best_epoch INTEGER NOT NULL DEFAULT 0,
    notes TEXT NOT NULL DEFAULT '',
    tags TEXT NOT NULL DEFAULT '[]',
    deleted INTEGER NOT NULL DEFAULT 0
, data TEXT NOT NULL DEFAULT '', device TEXT NOT NULL DEFAULT '', deleted_at REAL, deleted_by TEXT);
INSERT INTO "runs" VALUES('e8f3e303','as it was','{"name":"as it was","about":"Kept to see that it still loads.","seed":3,"epochs":4,"batch_size":16,"label_smoothing":0.0,"weight_averaging":0.0,"lookahead":2,"filtering":0.8,"precision":"fp32","compile":false,"data":{"source":"shapes","path":"","images":100,"validation":0.2,"split_seed":0},"augmentation":{"crop_padding":4,"flip":true,"alternating_flip":false,"cutout":0,"erasing":0.0},"model":{"family":"convnet","channels":[4],"depth":1,"pooling":"max","pool_early":false,"residual":false,"whitening":0,"head":"average","dense":[],"batch_norm":true,"norm_first":true,"norm_scale":true,"norm_momentum":0.1,"initialisation":"default","activation":"relu","dropout":0.0},"optimizer":{"name":"sgd","learning_rate":0.05,"momentum":0.9,"weight_decay":0.0005,"decoupled":false,"bias_rate":1.0,"head_rate":1.0},"schedule":{"name":"linear","warmup":0.2,"factor":0.1,"every":10,"restart":2,"freezing":1.0},"early_stopping":{"patience":0,"metric":"accuracy"},"start":{"source":"fresh","path":"","frozen":0},"published":{"accuracy":0.5,"source":"somebody"}}','finished',NULL,0,'process 960 on a host','Finished after 4 epochs.',1.79562378722379589086e+09,1.79562378843172359465e+09,16,4,16,4.94813274397817804122e+03,8.50855040043825283646e-02,166,'fp32','{"device": "cpu: AMD EPYC", "cores": "2", "memory": "24 GiB", "system": "Linux x86_64", "python": "3.11.7", "torch": "2.14.1+cu130"}','{"train": 0.078125, "validation": 0.1, "test": 0.1}',1,'','[]',0,'af220eee974620b597ed97b3d3109aed806cd1553a5876efd724164e00a124ea.a0797f2ff5e6e883099b6b1adf0fa71ae7e0828a46d4bf72ac6d477996d98d6a','cpu',NULL,NULL);
INSERT INTO "runs" VALUES('47ca75fc','broken off','{"name":"broken off","about":"Kept to see that it still loads.","seed":4,"epochs":4,"batch_size":16,"label_smoothing":0.0,"weight_averaging":0.0,"lookahead":2,"filtering":0.8,"precision":"fp32","compile":false,"data":{"source":"shapes","path":"","images":100,"validation":0.2,"split_seed":0},"augmentation":{"crop_padding":4,"flip":true,"alternating_flip":false,"cutout":0,"erasing":0.0},"model":{"family":"convnet","channels":[4],"depth":1,"pooling":"max","pool_early":false,"residual":false,"whitening":0,"head":"average","dense":[],"batch_norm":true,"norm_first":true,"norm_scale":true,"norm_momentum":0.1,"initialisation":"default","activation":"relu","dropout":0.0},"optimizer":{"name":"sgd","learning_rate":0.05,"momentum":0.9,"weight_decay":0.0005,"decoupled":false,"bias_rate":1.0,"head_rate":1.0},"schedule":{"name":"linear","warmup":0.2,"factor":0.1,"every":10,"restart":2,"freezing":1.0},"early_stopping":{"patience":0,"metric":"accuracy"},"start":{"source":"fresh","path":"","frozen":0},"published":{"accuracy":0.5,"source":"somebody"}}','stopped',NULL,0,'process 960 on a host','',1.79562378848363113402e+09,1.79562378872991418839e+09,16,4,12,1.61293940315641930278e+03,1.12144939994323067367e-01,166,'fp32','{"device": "cpu: AMD EPYC", "cores": "2", "memory": "24 GiB", "system": "Linux x86_64", "python": "3.11.7", "torch": "2.14.1+cu130"}','{"validation": 0.0}',1,'','[]',0,'af220eee974620b597ed97b3d3109aed806cd1553a5876efd724164e00a124ea.a0797f2ff5e6e883099b6b1adf0fa71ae7e0828a46d4bf72ac6d477996d98d6a','cpu',NULL,NULL);
CREATE TABLE steps (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    loss REAL, accuracy REAL, learning_rate REAL, gradient_norm REAL,
    PRIMARY KEY (run, step)
) WITHOUT ROWID;
INSERT INTO "steps" VALUES('47ca75fc',0,2.31079220771789550781e+00,0.125,0.025,1.33748233318328857421e+00);
INSERT INTO "steps" VALUES('47ca75fc',1,2.40565514564514160156e+00,0.0625,0.05,6.54416382312774658203e-01);
INSERT INTO "steps" VALUES('47ca75fc',2,2.55360722541809082031e+00,0.0,0.05,6.02269887924194335937e-01);
INSERT INTO "steps" VALUES('47ca75fc',3,2.34317135810852050781e+00,0.0625,4.16666666666666712925e-02,5.4515081644058227539e-01);
INSERT INTO "steps" VALUES('47ca75fc',4,2.5307457447052,0.125,3.33333333333333328707e-02,5.9337145090103149414e-01);
INSERT INTO "steps" VALUES('47ca75fc',5,2.44868969917297363281e+00,0.0625,0.025,5.87478160858154296875e-01);
INSERT INTO "steps" VALUES('47ca75fc',6,2.3867340087890625e+00,0.125,1.66666666666666664353e-02,5.2692610025405883789e-01);
INSERT INTO "steps" VALUES('47ca75fc',7,2.25675225257873535156e+00,0.1875,8.33333333333333321768e-03,3.35629194974899291992e-01);
INSERT INTO "steps" VALUES('47ca75fc',8,2.63542008399963378906e+00,0.0,0.025,9.05824124813079833984e-01);
INSERT INTO "steps" VALUES('47ca75fc',9,2.24803471565246582031e+00,0.1875,2.18750000000000020816e-02,4.42679345607757568359e-01);
INSERT INTO "steps" VALUES('47ca75fc',10,2.28643584251403808593e+00,0.0625,1.87500000000000027755e-02,5.01791894435882568359e-01);
INSERT INTO "steps" VALUES('47ca75fc',11,2.43847584724426269531e+00,0.125,0.015625,5.11113524436950683593e-01);
INSERT INTO "steps" VALUES('e8f3e303',0,2.63287758827209472656e+00,0.0,0.025,8.2942295074462890625e-01);
INSERT INTO "steps" VALUES('e8f3e303',1,2.20662069320678710937e+00,0.25,0.05,7.1905714273452758789e-01);
INSERT INTO "steps" VALUES('e8f3e303',2,2.63121533393859863281e+00,0.0625,0.05,8.11093211174011230468e-01);
INSERT INTO "steps" VALUES('e8f3e303',3,2.54567050933837890625e+00,0.0,4.16666666666666712925e-02,7.68208146095275878906e-01);
INSERT INTO "steps" VALUES('e8f3e303',4,2.57019686698913574218e+00,0.125,3.33333333333333328707e-02,7.33298242092132568359e-01);
INSERT INTO "steps" VALUES('e8f3e303',5,2.26665854454040527343e+00,0.125,0.025,4.1957524418830871582e-01);
INSERT INTO "steps" VALUES('e8f3e303',6,2.52574896812438964843e+00,0.125,1.66666666666666664353e-02,7.71194815635681152343e-01);
INSERT INTO "steps" VALUES('e8f3e303',7,2.55894804000854492187e+00,0.0625,8.33333333333333321768e-03,5.12031197547912597656e-01);
INSERT INTO "steps" VALUES('e8f3e303',8,2.70379853248596191406e+00,0.0,0.025,7.29982495307922363281e-01);
INSERT INTO "steps" VALUES('e8f3e303',9,2.57266449928283691406e+00,0.0,2.18750000000000020816e-02,5.75263619422912597656e-01);
INSERT INTO "steps" VALUES('e8f3e303',10,2.356201171875,0.1875,1.87500000000000027755e-02,4.9292239546775817871e-01);
INSERT INTO "steps" VALUES('e8f3e303',11,2.3157138824462890625e+00,0.0625,0.015625,4.12988066673278808593e-01);
INSERT INTO "steps" VALUES('e8f3e303',12,2.66823530197143554687e+00,0.0,0.0125,6.57551527023315429687e-01);
INSERT INTO "steps" VALUES('e8f3e303',13,2.29396176338195800781e+00,0.125,9.37500000000000138777e-03,3.05001914501190185546e-01);
INSERT INTO "steps" VALUES('e8f3e303',14,2.48816728591918945312e+00,0.0625,0.00625,6.18128001689910888671e-01);
INSERT INTO "steps" VALUES('e8f3e303',15,2.34463167190551757812e+00,0.25,0.003125,5.29232680797576904296e-01);
CREATE TABLE tasks (
    key TEXT PRIMARY KEY,             -- names the result by all that it is made from
    work TEXT NOT NULL,               -- JSON
    status TEXT NOT NULL,
    request TEXT,                     -- stop
    owner TEXT,
    progress REAL NOT NULL DEFAULT 0, -- 0 to 1
    message TEXT NOT NULL DEFAULT '',
    created REAL NOT NULL,            -- seconds since 1970
    started REAL
);
CREATE INDEX events_of_run ON events (run, time);
CREATE INDEX runs_by_status ON runs (deleted, status, created);
COMMIT;
PRAGMA user_version = 3;

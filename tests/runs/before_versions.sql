PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
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
);
INSERT INTO runs VALUES('31a43732','tiny','{"name":"tiny","about":"","seed":0,"epochs":2,"batch_size":64,"label_smoothing":0.0,"weight_averaging":0.0,"lookahead":0,"filtering":1.0,"precision":"fp32","compile":false,"data":{"source":"shapes","path":"","images":200,"validation":0.2,"split_seed":0},"augmentation":{"crop_padding":4,"flip":true,"alternating_flip":false,"cutout":0,"erasing":0.0},"model":{"family":"convnet","channels":[4],"depth":1,"pooling":"max","pool_early":false,"residual":false,"whitening":0,"head":"flatten","dense":[],"batch_norm":true,"norm_first":true,"norm_scale":true,"norm_momentum":0.1,"initialisation":"default","activation":"relu","dropout":0.0},"optimizer":{"name":"sgd","learning_rate":0.02,"momentum":0.9,"weight_decay":0.0005,"decoupled":false,"bias_rate":1.0,"head_rate":1.0},"schedule":{"name":"one_cycle","warmup":0.2,"factor":0.1,"every":10,"restart":0,"freezing":1.0},"early_stopping":{"patience":0,"metric":"accuracy"},"start":{"source":"fresh","path":"","frozen":0},"published":{"accuracy":0.0,"source":""}}','finished',NULL,0,'5977:1795491981.63','Finished after 2 epochs.',1795491990.033671379,1795491990.6612567901,6,3,6,4819.6295801300575475,0.14564938900002744048,10366,'fp32','{"device": "cpu: AMD EPYC", "cores": "2", "memory": "24 GiB", "system": "Linux x86_64", "python": "3.11.7", "torch": "2.15.0+cu132"}','{"train": 0.06250000079162418, "validation": 0.1, "test": 0.1}',1,'the first one','["kept"]',0);
INSERT INTO runs VALUES('2d9f198c','broken off','{"name":"broken off","about":"","seed":0,"epochs":50,"batch_size":64,"label_smoothing":0.0,"weight_averaging":0.0,"lookahead":0,"filtering":1.0,"precision":"fp32","compile":false,"data":{"source":"shapes","path":"","images":200,"validation":0.2,"split_seed":0},"augmentation":{"crop_padding":4,"flip":true,"alternating_flip":false,"cutout":0,"erasing":0.0},"model":{"family":"convnet","channels":[4],"depth":1,"pooling":"max","pool_early":false,"residual":false,"whitening":0,"head":"flatten","dense":[],"batch_norm":true,"norm_first":true,"norm_scale":true,"norm_momentum":0.1,"initialisation":"default","activation":"relu","dropout":0.0},"optimizer":{"name":"sgd","learning_rate":0.02,"momentum":0.9,"weight_decay":0.0005,"decoupled":false,"bias_rate":1.0,"head_rate":1.0},"schedule":{"name":"one_cycle","warmup":0.2,"factor":0.1,"every":10,"restart":0,"freezing":1.0},"early_stopping":{"patience":0,"metric":"accuracy"},"start":{"source":"fresh","path":"","frozen":0},"published":{"accuracy":0.0,"source":""}}','stopped',NULL,0,'5977:1795491981.63','',1795491990.6614015102,1795491990.7530043124,150,3,6,5535.1872197704251447,0.060092703999885088705,10366,'fp32','{"device": "cpu: AMD EPYC", "cores": "2", "memory": "24 GiB", "system": "Linux x86_64", "python": "3.11.7", "torch": "2.15.0+cu132"}','{"validation": 0.15000000596046448}',2,'','[]',0);
INSERT INTO runs VALUES('7719227e','killed','{"name":"killed","about":"","seed":0,"epochs":50,"batch_size":64,"label_smoothing":0.0,"weight_averaging":0.0,"lookahead":0,"filtering":1.0,"precision":"fp32","compile":false,"data":{"source":"shapes","path":"","images":200,"validation":0.2,"split_seed":0},"augmentation":{"crop_padding":4,"flip":true,"alternating_flip":false,"cutout":0,"erasing":0.0},"model":{"family":"convnet","channels":[4],"depth":1,"pooling":"max","pool_early":false,"residual":false,"whitening":0,"head":"flatten","dense":[],"batch_norm":true,"norm_first":true,"norm_scale":true,"norm_momentum":0.1,"initialisation":"default","activation":"relu","dropout":0.0},"optimizer":{"name":"sgd","learning_rate":0.02,"momentum":0.9,"weight_decay":0.0005,"decoupled":false,"bias_rate":1.0,"head_rate":1.0},"schedule":{"name":"one_cycle","warmup":0.2,"factor":0.1,"every":10,"restart":0,"freezing":1.0},"early_stopping":{"patience":0,"metric":"accuracy"},"start":{"source":"fresh","path":"","frozen":0},"published":{"accuracy":0.0,"source":""}}','running',NULL,0,'5977:1795491981.63','',1795491990.7534837722,1795491990.8089282512,150,3,3,4788.9697097384259904,0.033410108999987642164,10366,'fp32','{"device": "cpu: AMD EPYC", "cores": "2", "memory": "24 GiB", "system": "Linux x86_64", "python": "3.11.7", "torch": "2.15.0+cu132"}','{}',0,'','[]',0);
INSERT INTO runs VALUES('afb9d2cd','waiting','{"name":"waiting","about":"","seed":0,"epochs":2,"batch_size":64,"label_smoothing":0.0,"weight_averaging":0.0,"lookahead":0,"filtering":1.0,"precision":"fp32","compile":false,"data":{"source":"shapes","path":"","images":200,"validation":0.2,"split_seed":0},"augmentation":{"crop_padding":4,"flip":true,"alternating_flip":false,"cutout":0,"erasing":0.0},"model":{"family":"convnet","channels":[4],"depth":1,"pooling":"max","pool_early":false,"residual":false,"whitening":0,"head":"flatten","dense":[],"batch_norm":true,"norm_first":true,"norm_scale":true,"norm_momentum":0.1,"initialisation":"default","activation":"relu","dropout":0.0},"optimizer":{"name":"sgd","learning_rate":0.02,"momentum":0.9,"weight_decay":0.0005,"decoupled":false,"bias_rate":1.0,"head_rate":1.0},"schedule":{"name":"one_cycle","warmup":0.2,"factor":0.1,"every":10,"restart":0,"freezing":1.0},"early_stopping":{"patience":0,"metric":"accuracy"},"start":{"source":"fresh","path":"","frozen":0},"published":{"accuracy":0.0,"source":""}}','queued',NULL,0,NULL,'',1795491990.808037281,1795491990.808037281,0,0,0,0.0,0.0,0,'','{}','{}',0,'','[]',0);
INSERT INTO runs VALUES('30f840ae','thrown away','{"name":"thrown away","about":"","seed":0,"epochs":2,"batch_size":64,"label_smoothing":0.0,"weight_averaging":0.0,"lookahead":0,"filtering":1.0,"precision":"fp32","compile":false,"data":{"source":"shapes","path":"","images":200,"validation":0.2,"split_seed":0},"augmentation":{"crop_padding":4,"flip":true,"alternating_flip":false,"cutout":0,"erasing":0.0},"model":{"family":"convnet","channels":[4],"depth":1,"pooling":"max","pool_early":false,"residual":false,"whitening":0,"head":"flatten","dense":[],"batch_norm":true,"norm_first":true,"norm_scale":true,"norm_momentum":0.1,"initialisation":"default","activation":"relu","dropout":0.0},"optimizer":{"name":"sgd","learning_rate":0.02,"momentum":0.9,"weight_decay":0.0005,"decoupled":false,"bias_rate":1.0,"head_rate":1.0},"schedule":{"name":"one_cycle","warmup":0.2,"factor":0.1,"every":10,"restart":0,"freezing":1.0},"early_stopping":{"patience":0,"metric":"accuracy"},"start":{"source":"fresh","path":"","frozen":0},"published":{"accuracy":0.0,"source":""}}','queued',NULL,0,NULL,'',1795491990.808356285,1795491990.8087263106,0,0,0,0.0,0.0,0,'','{}','{}',0,'','[]',1);
CREATE TABLE steps (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    loss REAL, accuracy REAL, learning_rate REAL, gradient_norm REAL,
    PRIMARY KEY (run, step)
) WITHOUT ROWID;
INSERT INTO steps VALUES('2d9f198c',0,2.557756662368774414,0.055555555969476699829,0.00085258980446457650198,5.4229435920715332031);
INSERT INTO steps VALUES('2d9f198c',1,2.4755454063415527343,0.11320754885673522949,0.0010097830329554653878,4.4233884811401367187);
INSERT INTO steps VALUES('2d9f198c',2,2.4149701595306396484,0.075471699237823486328,0.0012698574435665260611,4.452419281005859375);
INSERT INTO steps VALUES('2d9f198c',3,2.4083726406097412109,0.11111111193895339965,0.0016299636066310317639,5.2644562721252441406);
INSERT INTO steps VALUES('2d9f198c',4,2.4331731796264648437,0.037735849618911743164,0.0020861561236693881328,4.0755152702331542968);
INSERT INTO steps VALUES('2d9f198c',5,2.3765194416046142578,0.037735849618911743164,0.0026334368540005042777,3.2725019454956054687);
INSERT INTO steps VALUES('31a43732',0,2.557756662368774414,0.055555555969476699829,0.020000000000000000416,5.4229435920715332031);
INSERT INTO steps VALUES('31a43732',1,2.805597543716430664,0.037735849618911743164,0.020000000000000000416,6.1409335136413574218);
INSERT INTO steps VALUES('31a43732',2,2.7223556041717529296,0.09433962404727935791,0.018090169943749474096,7.0360326766967773437);
INSERT INTO steps VALUES('31a43732',3,2.3300054073333740234,0.27777779102325439453,0.013090169943749474859,4.5182509422302246093);
INSERT INTO steps VALUES('31a43732',4,2.4051663875579833984,0.09433962404727935791,0.0069098300562505255567,4.9776701927185058593);
INSERT INTO steps VALUES('31a43732',5,2.3098330497741699218,0.13207547366619110107,0.0019098300562505254526,3.250112771987915039);
INSERT INTO steps VALUES('7719227e',0,2.557756662368774414,0.055555555969476699829,0.00085258980446457650198,5.4229435920715332031);
INSERT INTO steps VALUES('7719227e',1,2.4755454063415527343,0.11320754885673522949,0.0010097830329554653878,4.4233884811401367187);
INSERT INTO steps VALUES('7719227e',2,2.4149701595306396484,0.075471699237823486328,0.0012698574435665260611,4.452419281005859375);
CREATE TABLE epochs (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    epoch INTEGER NOT NULL,
    train_loss REAL, train_accuracy REAL, validation_loss REAL, validation_accuracy REAL,
    learning_rate REAL, images_per_second REAL, seconds REAL, best INTEGER,
    PRIMARY KEY (run, epoch)
) WITHOUT ROWID;
INSERT INTO epochs VALUES('2d9f198c',1,2.4832261547446252691,0.081250001071020955256,2.3477573394775390625,0.10000000149011611938,0.0012698574435665260611,5130.3878451385307927,0.031186725999987174873,1);
INSERT INTO epochs VALUES('2d9f198c',2,2.4060364469885824334,0.062500000651925805006,2.3262271881103515625,0.15000000596046447753,0.0026334368540005042777,5535.1872197704251447,0.028905977999897913832,1);
INSERT INTO epochs VALUES('31a43732',1,2.6943773537874222689,0.062500000791624182872,2.40741729736328125,0.10000000149011611938,0.018090169943749474096,1422.8316115163377161,0.11245181699996464885,1);
INSERT INTO epochs VALUES('31a43732',2,2.3482203885912893426,0.16875000558793545879,2.3301148414611816406,0.075000002980232238769,0.0019098300562505254526,4819.6295801300575475,0.03319757200006279163,0);
INSERT INTO epochs VALUES('7719227e',1,2.4832261547446252691,0.081250001071020955256,2.3477573394775390625,0.10000000149011611938,0.0012698574435665260611,4788.9697097384259904,0.033410108999987642164,1);
CREATE TABLE events (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    time REAL NOT NULL,
    text TEXT NOT NULL
);
INSERT INTO events VALUES('31a43732',1795491990.4708745479,'Training on cpu.');
INSERT INTO events VALUES('31a43732',1795491990.6606009006,'Finished after 2 epochs.');
INSERT INTO events VALUES('2d9f198c',1795491990.6773207187,'Training on cpu.');
INSERT INTO events VALUES('2d9f198c',1795491990.7531228065,'stopped');
INSERT INTO events VALUES('7719227e',1795491990.7698907851,'Training on cpu.');
CREATE INDEX events_of_run ON events (run, time);
CREATE INDEX runs_by_status ON runs (deleted, status, created);
COMMIT;

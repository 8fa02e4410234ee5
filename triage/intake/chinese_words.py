"""Chinese words of the trade and of plain speech -> English words that say the same: tables only.

The English ones are read as if they stood in the text, so that what is known of them counts for the Chinese ones too.
An empty one says nothing by itself.
"""

from __future__ import annotations

__all__ = ["ENDINGS", "PIECES", "SIMPLIFIED"]


def _table(rows: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in rows.strip().splitlines():
        ways, _, meaning = row.partition("=")
        found |= dict.fromkeys(ways.split(), meaning.strip())
    return found


PIECES = _table("""
损失 损失值 损失函数值 代价 误差值 = loss
损失函数 目标函数 代价函数 = loss function
训练损失 训练集损失 训练误差 = training loss
验证损失 测试损失 验证集损失 测试集损失 验证误差 测试误差 = validation loss
总损失 = total loss
准确率 精度值 正确率 精确率 准确度 = accuracy
训练准确率 训练集准确率 训练精度 = training accuracy
验证准确率 测试准确率 验证集准确率 测试集准确率 验证精度 测试精度 = validation accuracy
验证集 测试集 验证 测试 评估集 验证数据 测试数据 = validation
训练集 训练数据 = training set
训练 = training
评估 推理 = evaluation
评估模式 推理模式 测试模式 = eval mode
训练模式 = train mode
数据集 = dataset
数据 = data
样本 样例 = samples
图片 图像 照片 = images
像素 = pixel
标签 标注 = labels
标签错误 错误标签 = wrong labels
类别 类 = classes
分类 = classification
分类器 = classifier
二分类 = binary classification
多分类 = multi-class classification
图像分类 图片分类 = image classification
文本分类 = text classification
回归 = regression
时间序列预测 时序预测 = time series forecasting
分割 语义分割 = segmentation
目标检测 物体检测 检测 = object detection
检测框 边界框 标注框 = bounding boxes
语音识别 = speech recognition
文字识别 = text recognition
机器翻译 翻译 = machine translation
语言模型 = language model
大模型 大语言模型 = LLM
生成模型 = generative model
生成器 = generator
判别器 = discriminator
自编码器 = autoencoder
扩散模型 = diffusion
强化学习 = reinforcement learning
奖励 = reward
困惑度 = perplexity
模型 网络 神经网络 = model
卷积 卷积网络 卷积神经网络 = convolutional
循环神经网络 循环网络 = recurrent
全连接 全连接层 全连接网络 多层感知机 = fully connected
感知机 = perceptron
图神经网络 = graph neural network
注意力 自注意力 = attention
主干 主干网络 骨干网络 骨干 = backbone
编码器 = encoder
隐藏层 隐层 = hidden layers
隐藏单元 隐藏节点 = hidden units
神经元 = neurons
层 = layers
最后一层 末层 = last layer
输出层 = output layer
前几层 前面几层 浅层 靠前的层 = first layers
激活函数 激活 = activation
初始化 = initialization
权重 权值 参数 = weights
偏置 = bias
零初始化 全零初始化 = initialized to zero
预训练 预训练模型 预训练权重 = pretrained
微调 = fine-tuning
迁移学习 = transfer learning
冻结 = frozen
解冻 = unfreeze
从头训练 从零训练 从头开始训练 = training from scratch
优化器 = optimizer
动量 = momentum
随机梯度下降 = SGD
学习率 学习速率 步长 = learning rate
学习率衰减 = learning rate decay
余弦退火 = cosine annealing
固定学习率 = fixed learning rate
固定 = fixed
调度器 学习率调度 学习率策略 = scheduler
预热 热身 = warmup
权重衰减 权值衰减 = weight decay
正则化 正则 = regularization
数据增强 数据增广 增强 = data augmentation
早停 提前停止 = early stopping
随机失活 丢弃层 = dropout
批大小 批量大小 批次大小 批尺寸 = batch size
批次 批 小批量 = batch
梯度 = gradients
梯度爆炸 = exploding gradients
梯度消失 = vanishing gradients
梯度裁剪 梯度截断 裁剪梯度 = gradient clipping
梯度累积 梯度累加 = gradient accumulation
梯度范数 梯度的范数 = gradient norm
清零梯度 梯度清零 = zero_grad
反向传播 = backward
批归一化 批标准化 批量归一化 = batch norm
层归一化 = layer norm
归一化 = normalized
标准化 = standardized
归一化层 = normalization layers
混合精度 自动混合精度 = mixed precision
半精度 = half precision
单精度 全精度 = fp32
溢出 = overflow
下溢 = underflow
均方误差 均方差 平方误差 = mean squared error
交叉熵 交叉熵损失 = cross entropy loss
二元交叉熵 二分类交叉熵 = binary cross entropy
自定义损失 自定义损失函数 自定义loss = custom loss
自己写 自己写的 自己实现 手写 自己实现的 = self-written
损失缩放 缩放因子 = loss scale
不平衡 不均衡 失衡 = imbalance
严重不平衡 极不平衡 极度不平衡 严重不均衡 = severe imbalance
背景 = background
检查点 断点 = checkpoint
恢复训练 断点续训 续训 继续训练 恢复 = resume training
重启 重新启动 = restart
显卡 = gpu
单卡 单显卡 一张卡 = one gpu
多卡 多显卡 多GPU = multiple GPUs
双卡 = two gpus
分布式 分布式训练 多机 = distributed training
打乱 洗牌 乱序 = shuffled
顺序 = order
排序 = sorted
泄漏 泄露 数据泄漏 数据泄露 = leakage
离群点 异常值 = outliers
缺失值 空值 = missing values
掩码 遮罩 = mask
填充 = padding
过拟合 = overfitting
欠拟合 = underfitting
泛化 = generalize
收敛 = converge
发散 = diverges
爆炸 = explodes
爆炸式 暴增 暴涨 飙升 激增 = explodes
下降 降低 减小 减少 变小 变低 降 下降到 降到 调小 调低 改小 缩小 减 调小到 = decrease
上升 升高 增大 增加 变大 变高 上涨 升 调大 调高 改大 加大 提高 增长 回升 = increase
突增 突然升高 突然变大 突然上升 突然增大 跳变 骤升 = suddenly jumps
越来越大 不断增大 不断上升 一直增大 不断变大 一直上升 = keeps increasing
越来越小 = keeps decreasing
震荡 振荡 波动 抖动 来回跳 忽高忽低 上下跳动 上下波动 上下震荡 起伏 = oscillates
尖峰 毛刺 尖刺 突刺 = spike
平台期 停滞 = plateau
卡在 停在 停留在 稳定在 维持在 一直在 保持在 = stuck at
卡住 停住 = stuck
变成 变为 变成了 成了 成为 变 = becomes
等于 = is
出现 产生 =
不变 没变 没变化 没有变化 无变化 不再变化 没有改变 不改变 纹丝不动 = unchanged
不动 动不了 = not move
不更新 没更新 没有更新 = not update
更新 = update
变化 改变 = change
恒定 常数 = constant
相同 一样 一致 同一个 同样 同样的 = same
降不下来 下不去 下不来 降不下去 = not decrease
学不到 学不会 学不到东西 学不进去 = not learn
学习 学到 = learn
不工作 = not work
有用 有效 起作用 管用 奏效 = helped
有效果 见效 = helped
解决 解决了 修复 修好 = solved
没问题 没有问题 没啥问题 没毛病 就正常 正常了 恢复正常 就好了 就没事 能正常训练 可以正常训练 正常收敛 = works
就可以了 就行了 = works
正常 = normal
改善 改进 提升 好转 = improve
变好 更好 = better
变差 更差 恶化 变坏 更糟 = worse
没用 没有用 = no use
没效果 没有效果 无效 毫无效果 没什么用 没有改善 没有帮助 无济于事 于事无补 不管用 不起作用 没作用 = did not help
没有作用 没啥用 没起作用 不见效 = did not help
推迟 延后 延迟 晚一点 晚一些 更晚 晚点 = later
更早 更早就 提前 早早就 = sooner
更快 更快就 = faster
炸 炸了 炸掉 爆了 = explodes
失败 报错 = fail
还是 依然 仍然 仍 依旧 照样 = still
也一样 还是一样 也是一样 结果一样 一样的问题 同样的问题 还是不行 也不行 还不行 = still fails
试过 试了 尝试 尝试过 尝试了 试着 试试 试 = tried
换成 改成 改为 换用 改用 换为 换 切换到 切换成 替换成 = switched to
把 将 = with
加 加上 加了 添加 加入 = adding
去掉 去除 删掉 移除 删除 拿掉 = removing
关掉 关闭 取消 禁用 = turn off
开启 打开 启用 开了 开 = enable
使用 采用 用的是 用的 用了 用 = use
忘记 忘了 忘 = forgot
写 加上去 =
调用 = call
检查 检查过 查过 看过 确认过 = checked
无 没 没有 毫无 = no
不 不是 不会 不再 没能 = not
未 尚未 = not
不能 无法 不了 没法 = cannot
从不 从来不 从来没有 从未 永远不 永不 再也没 再也没有 再也不 永远不会 = never
几乎不 基本不 几乎没 = hardly
几乎不动 几乎没动 几乎不变 几乎没变 基本不变 基本不动 几乎不下降 基本不下降 = hardly changes
才 后就 完全 彻底 根本 压根 反而 一点 一点都 一点也 原作者 =
忽大忽小 时高时低 上蹿下跳 一会儿高一会儿低 一会高一会低 = oscillates
上不去 提不上去 提不上来 升不上去 = not increase
跑通 跑通过 = works
一模一样 = identical
最大 最高 = maximum
最小 最低 = minimum
全局 = global
加了一层 = added a layer
几乎 接近 趋近于 趋于 约等于 = almost
非零 = nonzero
零 = zero
负数 负值 负的 负 = negative
极小 很小 非常小 太小 过小 特别小 = tiny
小 = small
极大 很大 非常大 太大 过大 特别大 巨大 很高 过高 太高 非常高 = huge
大 高 = large
低 = low
慢 很慢 太慢 缓慢 非常慢 慢慢 = slow
快 很快 太快 = fast
稳定 = stable
不稳定 = unstable
突然 忽然 一下子 = suddenly
马上 立刻 立即 直接 瞬间 一下就 = immediately
一开始 最开始 刚开始 从一开始 开始时 起初 = from the start
开始 = start
中途 中间 = middle
后期 = late
前期 早期 初期 = early
最后 最终 = finally
然后 接着 随后 = then
之前 以前 前 = before
之后 以后 后 后来 过后 = after
时候 的时候 时 = when
当 = when
如果 要是 = if
但是 但 可是 不过 = but
而 = while
因为 由于 = because
所以 = so
总是 一直 始终 老是 永远 一直是 = always
都 全 全部 全都 所有 全是 都是 = all
每 每个 每一个 = every
每轮 每个轮次 = every epoch
任何 任意 不管什么 不管输入什么 无论什么 无论输入什么 = any
只 只有 仅 仅仅 只是 = only
略微 稍微 轻微 略有 = slightly
单独 = alone
各 = each
一个 = one
某个 某些 有些 有的 个别 = some
有时 有时候 偶尔 时不时 = sometimes
随机 = random
输入 = input
输出 = output
预测 = predicts
预测值 预测结果 = predictions
目标值 目标 = targets
均值 平均值 = mean
方差 = variance
原始 = raw
原始像素 = raw pixels
轮 轮次 个轮次 = epochs
步 = steps
次迭代 迭代 迭代次数 = iterations
迭代次数太少 = too few iterations
应该 要不要 该不该 是否应该 需不需要 = should
能不能 可不可以 会不会 是不是 是否 可能 也许 吗 = could
有没有 =
怎么 为什么 如何 怎么办 =
几 = few
几百 = few hundred
几千 = few thousand
几万 = ten thousand
几十 = dozen
一 = one
两 二 = two
三 = three
四 = four
五 = five
六 = six
七 = seven
八 = eight
九 = nine
十 = ten
百 = hundred
千 = thousand
第 = at
第二 = at 2
第三 = at 3
第四 = at 4
第五 = at 5
的 了 着 过 地 得 啊 吧 呢 呀 嘛 哦 是 有 会 就 也 又 再 还 很 非常 太 特别 比较 在 上 里 里面 中 内 里头 到 从 对 =
和 与 跟 以及 或 或者 个 张 条 块 次 份 种 位 我 =
我的 我们 你 他 它 大家 自己 这 这个 那 那个 这样 此 其 其他 请问 求助 大佬 帮忙 谢谢 感觉 觉得 好像 似乎 发现 看到 =
左右 大约 大概 差不多 附近 已经 目前 现在 之类 等 等等 以 为 =
设为 设置 设置为 设成 设定为 设 取 取值 来 去 起来 下来 给 被 让 使 所 之 做 进行 跑 跑了 训练时 情况 问题 现象 =
每次 得很 厉害 严重 基本 基本上 =
""")
"""Chinese words -> English ones."""

PIECES |= {
    "训练了": "trained", "训练到": "training until", "训练时": "during training",
    "训练过程中": "during training",
    "跑了": "trained", "训练集上": "training set", "验证集上": "validation", "测试集上": "validation",
    "损失为": "loss is", "为0": "is 0", "变成0": "becomes 0", "严重": "severe", "除以": "divided by",
    "全零": "all zero",
    "均匀": "balanced", "平衡": "balanced", "均衡": "balanced", "同一类": "same class", "同一个类": "same class",
    "多数类": "majority class", "少数类": "minority class", "一类": "one class", "一个类别": "one class",
    "先下降后上升": "first decreases then increases", "先降后升": "first decreases then increases",
    "先下降再上升": "first decreases then increases", "再也没降下来": "never came back down",
    "再也没有降下来": "never came back down", "回不来": "never came back", "居高不下": "stays high",
    "训练不动": "does not train", "训不动": "does not train", "不学习": "does not learn",
    "没有学到东西": "does not learn", "乱七八糟": "garbage", "没有使用": "no", "没有用到": "no", "没有做": "no",
    "没做": "no", "没有加": "no", "没加": "no", "没有设置": "no", "不使用": "no", "没使用": "no", "不加": "no",
    "换显卡": "another gpu", "换机器": "another machine", "另一台机器": "another machine", "升级": "upgraded",
    "官方代码": "official code", "官方示例": "official example", "原版代码": "official code",
    "没有改动": "unmodified", "没改过": "unmodified", "没有修改": "unmodified", "自己的数据集": "my own dataset",
    "自己的数据": "my own dataset", "训练轮数": "epochs", "倍": "times", "小10倍": "small", "调小10倍": "decrease",
    "缩小10倍": "decrease", "降低10倍": "decrease", "减小10倍": "decrease", "除以10": "decrease",
}  # fmt: skip

ENDINGS = {
    "没用": "did not help", "没有用": "did not help", "不行": "did not help", "没什么用": "did not help",
    "没啥用": "did not help", "好了": "works", "正常": "works", "可以": "works", "行了": "works", "稳定": "is stable",
}  # fmt: skip
"""The same of words that mean something else at the end of a clause."""

SIMPLIFIED = str.maketrans(
    "學習損驗證訓練數據準確變圖網絡層類權參擬調長優輪從無沒後會還對於異歸標準擴爆顯單雙測試認預設開關導歷過這樣"
    "發現問題請問幫應該為什麼個張條種總時間動態識別檢斷續啟檔碼錯誤壞點離漸減輸隨機",
    "学习损验证训练数据准确变图网络层类权参拟调长优轮从无没后会还对于异归标准扩爆显单双测试认预设开关导历过这样"
    "发现问题请问帮应该为什么个张条种总时间动态识别检断续启档码错误坏点离渐减输随机",
)
"""Traditional characters of the trade -> simplified ones."""

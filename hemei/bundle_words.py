"""What `hemei verify` and `hemei key` say, in both languages."""

from collections.abc import Mapping
from typing import Final

from hemei.language import Phrase

FAULTS: Final[Mapping[str, Phrase]] = {
    "header": Phrase("ZIP 结构被改动", "the ZIP's own bytes were changed"),
    "cut-off": Phrase("文件不完整", "it is cut off"),
    "extra-bytes": Phrase("末尾多出数据", "there are bytes behind the end"),
    "twice": Phrase("同名文件出现多次", "the name stands there more than once"),
    "unsafe-name": Phrase("文件名不安全，拒绝解包", "an unsafe name; it is not unpacked"),
    "bomb": Phrase("解压后异常庞大，拒绝解包", "it would unpack to far too much; it is not unpacked"),
    "order": Phrase("文件顺序被改动", "the order of the files was changed"),
    "missing": Phrase("缺少文件", "the file is missing"),
    "added": Phrase("多出的文件", "the file was added"),
    "changed": Phrase("内容被改动", "the content was changed"),
    "packed": Phrase("压缩数据被改动", "what is compressed was changed"),
    "sums": Phrase("校验和清单有误", "the list of sums is wrong"),
    "manifest": Phrase("清单不一致", "the manifest does not agree"),
    "signature": Phrase("签名不符", "the signature does not match"),
    "signer": Phrase("公钥文件有误", "the file of the public key is wrong"),
    "other-key": Phrase("不是所给的公钥签名", "it was signed with another key than the one given"),
    "custody": Phrase("流转记录断链", "the chain of custody is broken"),
    "stamp": Phrase("时间戳不符", "the time stamp does not match"),
    "sidecar": Phrase("与旁边的校验和文件不符", "it is not what the sum beside it says"),
    "encryption": Phrase("加密文件被改动", "the encrypted file was changed"),
}

WHOLE: Final = Phrase(
    "完好：{files} 个文件均与签名时一致，数据 {rows} 行",
    "Whole: all {files} files are as they were signed; {rows} rows of data",
)
CHANGED: Final = Phrase("被改动：{count} 处", "Changed: {count} findings")
MORE: Final = Phrase("……另有 {count} 处，见 --json", "… and {count} more; --json has them all")
ABOUT: Final = Phrase(
    "披露编号 {number}，{site}，制作于 {made}（软件 {software}）",
    "Disclosure {number} of {site}, made {made} (software {software})",
)
KEY_COMPARED: Final = Phrase(
    "签名公钥与所给的一致：{fingerprint}", "Signed with the key given: {fingerprint}"
)
KEY_TO_COMPARE: Final = Phrase(
    "签名公钥指纹：{fingerprint}\n"
    "请与小区另行告知的指纹比对（或用 --key）：否则只能证明未被改动，不能证明出自谁手",
    "Key fingerprint: {fingerprint}\n"
    "Compare it with the one that the community told you another way, or give it with --key: "
    "until then nothing says whose signature it is",
)
STAMP_TRUSTED: Final = Phrase(
    "时间戳：{at}，{by}，证书可信", "Time stamp: {at} by {by}, of a given authority"
)
STAMP_UNCHECKED: Final = Phrase(
    "时间戳：{at}，自称 {by}；未核对其证书，请用 --authority",
    "Time stamp: {at}, by one that calls itself {by}; give --authority to check whose it is",
)
NO_STAMP: Final = Phrase("没有时间戳", "There is no time stamp")
NO_SIDECAR: Final = Phrase(
    "旁边没有 .sha256 校验和文件（不影响以上结论）",
    "There is no .sha256 beside it, which the above does not need",
)

NO_KEY_YET: Final = Phrase(
    "还没有签名密钥：制作第一个数据包，或在警务协查台查看公钥时，中枢会自动生成",
    "There is no signing key yet: the hub makes it with the first bundle, or when the police desk shows it",
)
KEY_IN_USE: Final = Phrase("签名公钥指纹：{fingerprint}", "Key fingerprint: {fingerprint}")
KEY_OLD: Final = Phrase("已更换的旧公钥：{fingerprint}", "Renewed, its bundles stay good: {fingerprint}")
KEY_WRITTEN: Final = Phrase(
    "公钥已写入 {file}；请另行（如书面）告知对方指纹",
    "The public key is in {file}; tell its fingerprint another way, such as on paper",
)
KEY_CONFIRM: Final = Phrase(
    "更换？以后的数据包用新密钥签名", "Renew it? Bundles are signed with a new one then"
)
KEY_RENEWED: Final = Phrase(
    "已更换。旧指纹：{old}\n新指纹：{new}\n请把新指纹书面告知警方；旧公钥已保留，以前的数据包仍可核对",
    "Renewed. The old fingerprint: {old}\nThe new one: {new}\n"
    "Tell the police the new one on paper; the old public key is kept, and bundles signed with it stay good",
)

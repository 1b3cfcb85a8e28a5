"""The bodies of the answers of a pretend ONVIF device, as XML text."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from simulators.camera.look import Look
from simulators.camera.soap import NAMESPACES

PROFILE = "Profile_1"
SOURCE = "VideoSource_1"
SNAPSHOT_PATH = "/ISAPI/Streaming/channels/101/picture"
MOTION = "tns1:RuleEngine/CellMotionDetector/Motion"
SCENE_CHANGE = "tns1:VideoSource/GlobalSceneChange/ImagingService"
TOO_DARK = "tns1:VideoSource/ImageTooDark/ImagingService"
_PATHS = {"tds": "/onvif/device_service", "trt": "/onvif/media_service", "tev": "/onvif/event_service"}


@dataclass(frozen=True, slots=True)
class Notice:
    """One notification: its topic, the name and value of its data item, when, and what has become of it."""

    topic: str
    name: str
    state: bool
    at_s: float
    operation: str

    def initialised(self) -> "Notice":
        """Return it as one is told who was not there when it changed (Core Specification §9.6)."""
        return replace(self, operation="Initialized")


def system_date_and_time(now_s: float) -> str:
    """Answer GetSystemDateAndTime."""
    now = datetime.fromtimestamp(now_s, UTC)
    return (
        "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType>"
        "<tt:DaylightSavings>false</tt:DaylightSavings><tt:TimeZone><tt:TZ>CST-8</tt:TZ></tt:TimeZone>"
        f"<tt:UTCDateTime><tt:Time><tt:Hour>{now.hour}</tt:Hour><tt:Minute>{now.minute}</tt:Minute>"
        f"<tt:Second>{now.second}</tt:Second></tt:Time><tt:Date><tt:Year>{now.year}</tt:Year>"
        f"<tt:Month>{now.month}</tt:Month><tt:Day>{now.day}</tt:Day></tt:Date></tt:UTCDateTime>"
        "</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
    )


def services(base: str) -> str:
    """Answer GetServices."""
    each = "".join(
        f"<tds:Service><tds:Namespace>{NAMESPACES[prefix]}</tds:Namespace><tds:XAddr>{escape(base + path)}"
        "</tds:XAddr><tds:Version><tt:Major>2</tt:Major><tt:Minor>60</tt:Minor></tds:Version></tds:Service>"
        for prefix, path in _PATHS.items()
    )
    return f"<tds:GetServicesResponse>{each}</tds:GetServicesResponse>"


def capabilities(base: str) -> str:
    """Answer GetCapabilities."""
    device, media, events = (escape(base + path) for path in _PATHS.values())
    return (
        "<tds:GetCapabilitiesResponse><tds:Capabilities>"
        f"<tt:Device><tt:XAddr>{device}</tt:XAddr></tt:Device>"
        f"<tt:Events><tt:XAddr>{events}</tt:XAddr><tt:WSSubscriptionPolicySupport>false"
        "</tt:WSSubscriptionPolicySupport><tt:WSPullPointSupport>true</tt:WSPullPointSupport>"
        "<tt:WSPausableSubscriptionManagerInterfaceSupport>false"
        "</tt:WSPausableSubscriptionManagerInterfaceSupport></tt:Events>"
        f"<tt:Media><tt:XAddr>{media}</tt:XAddr><tt:StreamingCapabilities><tt:RTPMulticast>false"
        "</tt:RTPMulticast><tt:RTP_TCP>true</tt:RTP_TCP><tt:RTP_RTSP_TCP>true</tt:RTP_RTSP_TCP>"
        "</tt:StreamingCapabilities></tt:Media>"
        "</tds:Capabilities></tds:GetCapabilitiesResponse>"
    )


def device_information() -> str:
    """Answer GetDeviceInformation."""
    return (
        "<tds:GetDeviceInformationResponse><tds:Manufacturer>Hemei</tds:Manufacturer>"
        "<tds:Model>Pretend camera</tds:Model><tds:FirmwareVersion>1.0</tds:FirmwareVersion>"
        "<tds:SerialNumber>0001</tds:SerialNumber><tds:HardwareId>none</tds:HardwareId>"
        "</tds:GetDeviceInformationResponse>"
    )


def profiles(look: Look) -> str:
    """Answer GetProfiles with the one profile."""
    size = f"<tt:Width>{look.width}</tt:Width><tt:Height>{look.height}</tt:Height>"
    return (
        f'<trt:GetProfilesResponse><trt:Profiles token="{PROFILE}" fixed="true"><tt:Name>main</tt:Name>'
        '<tt:VideoSourceConfiguration token="VSC_1"><tt:Name>source</tt:Name><tt:UseCount>1</tt:UseCount>'
        f"<tt:SourceToken>{SOURCE}</tt:SourceToken>"
        f'<tt:Bounds x="0" y="0" width="{look.width}" height="{look.height}"/></tt:VideoSourceConfiguration>'
        '<tt:VideoEncoderConfiguration token="VEC_1"><tt:Name>encoder</tt:Name><tt:UseCount>1</tt:UseCount>'
        f"<tt:Encoding>H264</tt:Encoding><tt:Resolution>{size}</tt:Resolution><tt:Quality>4</tt:Quality>"
        f"<tt:RateControl><tt:FrameRateLimit>{look.fps}</tt:FrameRateLimit><tt:EncodingInterval>1"
        "</tt:EncodingInterval><tt:BitrateLimit>1024</tt:BitrateLimit></tt:RateControl>"
        f"<tt:H264><tt:GovLength>{look.fps}</tt:GovLength><tt:H264Profile>Main</tt:H264Profile></tt:H264>"
        "<tt:Multicast><tt:Address><tt:Type>IPv4</tt:Type><tt:IPv4Address>0.0.0.0</tt:IPv4Address>"
        "</tt:Address><tt:Port>0</tt:Port><tt:TTL>1</tt:TTL><tt:AutoStart>false</tt:AutoStart>"
        "</tt:Multicast><tt:SessionTimeout>PT60S</tt:SessionTimeout></tt:VideoEncoderConfiguration>"
        "</trt:Profiles></trt:GetProfilesResponse>"
    )


def video_sources(look: Look) -> str:
    """Answer GetVideoSources."""
    return (
        f'<trt:GetVideoSourcesResponse><trt:VideoSources token="{SOURCE}"><tt:Framerate>{look.fps}'
        f"</tt:Framerate><tt:Resolution><tt:Width>{look.width}</tt:Width><tt:Height>{look.height}"
        "</tt:Height></tt:Resolution></trt:VideoSources></trt:GetVideoSourcesResponse>"
    )


def media_uri(operation: str, uri: str) -> str:
    """Answer GetStreamUri or GetSnapshotUri."""
    return (
        f"<trt:{operation}Response><trt:MediaUri><tt:Uri>{escape(uri)}</tt:Uri>"
        "<tt:InvalidAfterConnect>false</tt:InvalidAfterConnect><tt:InvalidAfterReboot>false"
        f"</tt:InvalidAfterReboot><tt:Timeout>PT0S</tt:Timeout></trt:MediaUri></trt:{operation}Response>"
    )


def event_properties() -> str:
    """Answer GetEventProperties with the topics that there are."""
    dialect = "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"
    return (
        "<tev:GetEventPropertiesResponse><tev:TopicNamespaceLocation>http://www.onvif.org/onvif/ver10/topics/"
        "topicns.xml</tev:TopicNamespaceLocation><wsnt:FixedTopicSet>true</wsnt:FixedTopicSet>"
        '<wstop:TopicSet xmlns:wstop="http://docs.oasis-open.org/wsn/t-1"><tns1:RuleEngine>'
        '<CellMotionDetector><Motion wstop:topic="true"/></CellMotionDetector></tns1:RuleEngine>'
        '<tns1:VideoSource><GlobalSceneChange><ImagingService wstop:topic="true"/></GlobalSceneChange>'
        '<ImageTooDark><ImagingService wstop:topic="true"/></ImageTooDark></tns1:VideoSource>'
        f"</wstop:TopicSet><wsnt:TopicExpressionDialect>{dialect}</wsnt:TopicExpressionDialect>"
        "<tev:MessageContentFilterDialect>http://www.onvif.org/ver10/tev/messageContentFilter/ItemFilter"
        "</tev:MessageContentFilterDialect><tev:MessageContentSchemaLocation>http://www.onvif.org/onvif/ver10"
        "/schema/onvif.xsd</tev:MessageContentSchemaLocation></tev:GetEventPropertiesResponse>"
    )


def subscribed(address: str, now_s: float, until_s: float) -> str:
    """Answer CreatePullPointSubscription."""
    return (
        "<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference><wsa:Address>"
        f"{escape(address)}</wsa:Address></tev:SubscriptionReference><wsnt:CurrentTime>{_time(now_s)}"
        f"</wsnt:CurrentTime><wsnt:TerminationTime>{_time(until_s)}</wsnt:TerminationTime>"
        "</tev:CreatePullPointSubscriptionResponse>"
    )


def renewed(now_s: float, until_s: float) -> str:
    """Answer Renew."""
    return (
        f"<wsnt:RenewResponse><wsnt:TerminationTime>{_time(until_s)}</wsnt:TerminationTime>"
        f"<wsnt:CurrentTime>{_time(now_s)}</wsnt:CurrentTime></wsnt:RenewResponse>"
    )


def messages(notices: Iterable[Notice], now_s: float, until_s: float) -> str:
    """Answer PullMessages."""
    return (
        f"<tev:PullMessagesResponse><tev:CurrentTime>{_time(now_s)}</tev:CurrentTime>"
        f"<tev:TerminationTime>{_time(until_s)}</tev:TerminationTime>"
        f"{''.join(map(_message, notices))}</tev:PullMessagesResponse>"
    )


def _message(notice: Notice) -> str:
    value = "true" if notice.state else "false"
    return (
        '<wsnt:NotificationMessage><wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/'
        f'ConcreteSet">{notice.topic}</wsnt:Topic><wsnt:Message><tt:Message UtcTime="{_time(notice.at_s)}" '
        f'PropertyOperation="{notice.operation}"><tt:Source><tt:SimpleItem Name="VideoSourceToken" '
        f'Value="{SOURCE}"/></tt:Source><tt:Data><tt:SimpleItem Name={quoteattr(notice.name)} '
        f'Value="{value}"/></tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage>'
    )


def _time(unix_s: float) -> str:
    return datetime.fromtimestamp(unix_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

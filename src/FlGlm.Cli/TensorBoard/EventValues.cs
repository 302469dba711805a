using Google.Protobuf;
using Tensorboard;

namespace FlGlm.Cli.TensorBoard;

/// <summary>Values of an event.</summary>
internal static class EventValues
{
    /// <summary>TensorBoard's scalars are float32: of a number beyond 2^24 the last digits are lost.</summary>
    public static Summary.Types.Value Scalar(string tag, double value) => new() { Tag = tag, SimpleValue = (float)value };

    /// <summary>A text in Markdown.</summary>
    public static Summary.Types.Value Text(string tag, string markdown) => new()
    {
        Tag = tag,
        Metadata = new SummaryMetadata { PluginData = new SummaryMetadata.Types.PluginData { PluginName = "text" } },
        Tensor = new TensorProto
        {
            Dtype = DataType.DtString,
            TensorShape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dim { Size = 1 } } },
            StringVal = { ByteString.CopyFromUtf8(markdown) },
        },
    };
}

namespace FlGlm.Core.Configuration;

/// <summary>A list whose order means nothing: where settings are compared it is sorted.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AnyOrderAttribute : Attribute;
